--- PyTorch's files: the state_dict of torch.save(model.state_dict(), "model.pt"), alone or in a
--- checkpoint.
---
---     local clf = mah.load("model.pt", { activation = "relu", classes = { "no", "yes" } })
---     local clf = mah.load("checkpoint.pt", { key = "model", activation = "relu" })
---
--- The names of the tensors say which layers there are (exchange/state_dict.lua); what stands
--- between them a state_dict does not know. Nothing in the file is run: exchange/pickle reads it as
--- data.
local archive = require "mah.exchange.archive"
local bytes = require "mah.exchange.bytes"
local check = require "mah.base.check"
local machine = require "mah.exchange.pickle.machine"
local names = require "mah.exchange.pickle.names"
local options = require "mah.base.options"
local state_dict = require "mah.exchange.state_dict"
local torch = require "mah.exchange.pickle.torch"
local values = require "mah.exchange.pickle.values"

local reader = { name = "PyTorch" }

local DEEPEST = 8 -- tables in which a state_dict is looked for
local MOST_SHOWN = 5 -- values in a message

--- The number that files of torch.save before 1.6 begin with.
local OLD = "\138\10\108\252\156\70\249\32\106\168\80\25"

local find = names.with(torch.names)

-- -- The file -------------------------------------------------------------------------------------

--- Where data.pkl lies, as what stands before its name: "model/".
local function prefix_of(zip)
  for _, name in ipairs(zip.names) do
    local prefix = name:match "^(.*)data%.pkl$"
    if prefix and (prefix == "" or prefix:find "^[^/]+/$") then return prefix end
  end
end

local function is_old(head) return head:find("^\128." .. OLD:gsub("%p", "%%%0")) ~= nil end

function reader.knows(head, path)
  if is_old(head) then return true end
  if not archive.is(head) then return false end
  local ok, prefix = pcall(archive.with, path, prefix_of)
  return not ok or prefix ~= nil -- of a broken one, read says what is wrong
end

local function refuse_script(zip, prefix, path)
  for _, name in ipairs(zip.names) do
    if name:sub(1, #prefix + 5) == prefix .. "code/" or name == prefix .. "constants.pkl" then
      check.raise("%s: it is a TorchScript program; save its weights instead: "
        .. "torch.save(torch.jit.load(%q).state_dict(), \"weights.pt\")", path, path)
    end
  end
end

local function data_of(zip)
  local prefix = check.that(prefix_of(zip), "%s: it has no data.pkl", zip.path)
  refuse_script(zip, prefix, zip.path)
  local function load(key) return zip:read(prefix .. "data/" .. key) end
  local big = zip:has(prefix .. "byteorder") and zip:read(prefix .. "byteorder"):find "^big"
  local text = zip:read(prefix .. "data.pkl")
  return machine.read(bytes.reader(text, zip.path), find, {
    persistent = torch.storages(load, big ~= nil and big ~= false), allowed = zip.left,
    hint = "; of a whole module save the weights: torch.save(model.state_dict(), \"weights.pt\")" })
end

--- What torch.load would give, as data.
---@param path string
---@return any
function reader.data(path) return archive.with(path, data_of) end

-- -- The state_dict in it -------------------------------------------------------------------------

--- The tensors of a dict that has nothing else, nil for others.
local function tensors_of(dict)
  if #dict.keys == 0 then return nil end
  local found = {}
  for i, key in ipairs(dict.keys) do
    local value = dict.values[i]
    if type(key) ~= "string" or not (values.is(value, "array") and value.tensor) then return nil end
    found[key] = value.tensor
  end
  return found
end

--- {path, tensors, names} of the state_dicts, those of the outermost level that has any.
local function candidates(dict)
  local level, seen = { { "", dict } }, { [dict] = true }
  for _ = 1, DEEPEST do
    local found, next_level = {}, {}
    for _, entry in ipairs(level) do
      local tensors = tensors_of(entry[2])
      if tensors then found[#found + 1] = { entry[1], tensors, entry[2].keys } end
      for i, key in ipairs(entry[2].keys) do
        local value = entry[2].values[i]
        if values.is(value, "dict") and type(key) == "string" and not seen[value] then
          seen[value] = true
          local name = entry[1] == "" and key or entry[1] .. "." .. key
          next_level[#next_level + 1] = { name, value }
        end
      end
    end
    if #found > 0 then return found end
    level = next_level
  end
  return {}
end

--- The value at a path such as "model" or "nets.actor".
local function at(value, key, path)
  local so_far = value
  if values.is(value, "dict") and value.of[key] then return value.of[key] end
  for part in key:gmatch "[^.]+" do
    check.that(values.is(so_far, "dict"), "%s: key = %q: %q is in %s", path, key, part,
      values.show(so_far))
    local known = {}
    for name in pairs(so_far.of) do
      if type(name) == "string" then known[name] = true end
    end
    if so_far.of[part] == nil then
      check.raise("%s: key = %q: there is no %q%s", path, key, part,
        options.did_you_mean(part, known))
    end
    so_far = so_far.of[part]
  end
  return so_far
end

--- What is neither a tensor nor a dict of them, for messages.
local function others_in(dict)
  local list = {}
  for i, key in ipairs(dict.keys) do
    local value = dict.values[i]
    if #list < MOST_SHOWN and not values.is(value, "array") and not values.is(value, "dict") then
      list[#list + 1] = ("%s is %s"):format(values.show(key), values.show(value))
    end
  end
  return #list > 0 and "; " .. table.concat(list, ", ") or ""
end

--- The tensors by their names, and the names in their order.
---@param path string
---@param key string|nil   where in a checkpoint they are
---@return table<string, tensor> tensors
---@return string[] order
function reader.tensors(path, key)
  local data = reader.data(path)
  if key then data = at(data, key, path) end
  check.that(values.is(data, "dict"), "%s: it holds %s, no state_dict; "
    .. "torch.save(model.state_dict(), \"weights.pt\") writes one", path, values.show(data))
  local found = candidates(data)
  check.that(#found > 0, "%s: no state_dict is in it: no dict that holds tensors only%s", path,
    others_in(data))
  if #found > 1 then
    local keys = {}
    for i, entry in ipairs(found) do keys[i] = entry[1] end
    check.raise("%s: it has several state_dicts: %s; say which, as in mah.load(path, { key = %q })",
      path, table.concat(keys, ", "), keys[1])
  end
  return found[1][2], found[1][3]
end

local function refuse_old(path)
  local handle = io.open(path, "rb")
  local head = handle and handle:read(16) or ""
  if handle then handle:close() end
  check.that(not is_old(head), "%s: PyTorch before 1.6 wrote it; a newer one converts it: "
    .. "torch.save(torch.load(%q), \"new.pt\")", path, path)
end

function reader.read(path, given)
  refuse_old(path)
  local key, others = type(given) == "table" and given.key or nil, given
  if key ~= nil then
    check.that(type(key) == "string", "mah.load: key must be a string, got %s", check.show(key))
    others = {}
    for name, value in pairs(given) do others[name] = name ~= "key" and value or nil end
  end
  local tensors, order = reader.tensors(path, key)
  return state_dict.model(tensors, others, path, order)
end

return reader
