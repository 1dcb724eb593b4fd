--- Parameters that a training treats apart: groups with a learning rate and a weight decay of their
--- own, and those that are frozen.
---
---     groups = { { params = {"W1", "b1"}, lr_scale = 0.1 }, { layers = {3}, weight_decay = 0 } },
---     freeze = { "encoder", 1 },
---
--- A parameter is called by its name in net.names; a name in front of a dot stands for all that
--- begin with it, and so does a number: 1 for layer 1 of mah.mlp, whose parameters are 1.weight and
--- 1.bias.
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"

local groups = {}

local group_rules = {
  params = { nil, "string|table" },
  layers = { nil, "integer|table" },
  lr_scale = { 1, "number", "[0, inf)" },
  weight_decay = { nil, "number", "[0, inf)" },
}

-- -- Which parameters -----------------------------------------------------------------------------

local function complain(net, entry, where)
  local known, list = {}, {}
  for i, one in ipairs(net.names) do
    local part = ""
    for name in one.name:gmatch "[^.]+" do
      part = part == "" and name or part .. "." .. name
      known[part] = true
    end
    list[i] = one.name
  end
  local hint = type(entry) == "string" and options.did_you_mean(entry, known) or ""
  check.raise("%s: the network has no parameter %s%s", where, check.show(entry),
    hint ~= "" and hint or "; there are: " .. table.concat(list, ", ", 1, math.min(#list, 12))
      .. (#list > 12 and ", ..." or ""))
end

--- Calls f(i) with the places in net.names of all that an entry stands for.
local function each(net, entry, where, f)
  check.that(type(entry) == "string" or type(entry) == "number",
    "%s: the name of a parameter or the number of a layer is expected, got %s", where,
    check.show(entry))
  local name, found = tostring(entry), false
  for i, one in ipairs(net.names) do
    if one.name == name or one.name:sub(1, #name + 1) == name .. "." then
      found = true
      f(i)
    end
  end
  if not found then complain(net, entry, where) end
end

local function each_of(net, list, where, f)
  if list == nil then return end
  if type(list) ~= "table" then return each(net, list, where, f) end
  check.that(getmetatable(list) == nil and (next(list) == nil or list[1] ~= nil),
    "%s: a list is expected, got %s", where, check.show(list))
  for k, entry in ipairs(list) do each(net, entry, ("%s[%d]"):format(where, k), f) end
end

-- -- Reading --------------------------------------------------------------------------------------

local function check_list(given)
  check.that(type(given) == "table" and getmetatable(given) == nil
    and (next(given) == nil or type(given[1]) == "table"),
    "groups must be a list of {params = {...}, lr_scale =, weight_decay =}; got %s",
    check.show(given))
end

--- The groups, and for each place in net.names the number of its group.
local function read_groups(net, given)
  local list, group_at = {}, {}
  if given == nil then return list, group_at end
  check_list(given)
  for k, one in ipairs(given) do
    local where = ("groups[%d]"):format(k)
    local o = options(one, group_rules, where)
    check.that(o.params ~= nil or o.layers ~= nil,
      "%s: whose? params = {\"W1\"}, or layers = {1}", where)
    local function take(i)
      check.that(group_at[i] == nil or group_at[i] == k, "%s: %s is in groups[%s] already", where,
        net.names[i].name, tostring(group_at[i]))
      group_at[i] = k
    end
    each_of(net, o.params, where .. ".params", take)
    each_of(net, o.layers, where .. ".layers", take)
    list[k] = o
  end
  return list, group_at
end

--- Only solvers that step by a rule can have more than one.
local function check_solver(list, solver)
  for k, o in ipairs(list) do
    local what = o.weight_decay and "weight_decay" or o.lr_scale ~= 1 and "lr_scale" or nil
    local name = type(solver) == "table" and rawget(solver, "name") or nil
    check.that(not what or rule.known(solver), "groups[%d]: %s needs one of mah.solver's that step "
      .. "by a rule, as adam or sgd, and not %s; freeze goes with all", k, tostring(what),
      name or getmetatable(solver) and getmetatable(solver).name or "one of your own")
    check.that(not what or rule.has_rate(solver),
      "groups[%d]: the solver %s has no %s", k, tostring(solver.name), tostring(what))
  end
end

-- -- Ranges of the flat vector --------------------------------------------------------------------

--- The parameters in a row that are treated alike, as {first, count, lr_scale, weight_decay,
--- frozen}.
local function join(net, list, group_at, is_frozen)
  local ranges = {}
  for i, one in ipairs(net.names) do
    local o, last = list[group_at[i]] or { lr_scale = 1 }, ranges[#ranges]
    local frozen = is_frozen[i] or false
    if last and last.of == group_at[i] and last.frozen == frozen then
      last.count = last.count + one.count
    else
      ranges[#ranges + 1] = { of = group_at[i], first = one.first, count = one.count,
        lr_scale = o.lr_scale, weight_decay = o.weight_decay, frozen = frozen }
    end
  end
  return ranges
end

local function to_c(ranges)
  local c = ffi.new("mah_range[?]", #ranges)
  for i, r in ipairs(ranges) do
    local to = c[i - 1]
    to.first, to.count, to.lr_scale = r.first - 1, r.count, r.lr_scale
    to.weight_decay, to.is_frozen = r.weight_decay or -1, r.frozen and 1 or 0
  end
  return c
end

--- The options `groups` and `freeze`, checked.
---@param net table        with `names`
---@param settings table   groups, freeze, solver
---@return table|nil   {ranges = list, c = mah_range[], frozen = set of places in net.names}; nil
---  where all parameters are alike
function groups.read(net, settings)
  if settings.groups == nil and settings.freeze == nil then return nil end
  local frozen = {}
  local list, group_at = read_groups(net, settings.groups)
  check_solver(list, settings.solver)
  each_of(net, settings.freeze, "freeze", function(i) frozen[i] = true end)
  local ranges = join(net, list, group_at, frozen)
  check.that(#ranges > 1 or not ranges[1].frozen, "freeze: all parameters are frozen")
  return { ranges = ranges, c = to_c(ranges), frozen = frozen }
end

return groups
