--- Some columns through these steps, others through those; the results side by side.
---
---     local p, nan = mah.preprocessing, 0 / 0
---     local transformer = p.ColumnTransformer{
---       {{"age"}, p.SimpleImputer{strategy = "mean"}, p.StandardScaler{}},
---       {{"port"}, p.OneHotEncoder{}},
---       remainder = "passthrough",
---     }
---     local x = {age = {20, nan, 40}, port = {"S", "C", "S"}, fare = {7, 8, 9}}
---     local z = transformer:fit_transform(x)
---     print(table.concat(transformer:feature_names_out(), " "))
---     --> pipeline__age onehotencoder__port_C onehotencoder__port_S remainder__fare
---     print(table.concat(z:totable()[2], " "))  --> 0 1 0 8
---     print(transformer:fit(x):transform(x)[3][4])  --> 9
---
--- Columns are names, or numbers from 1; one alone needs no list. Several steps are a pipeline;
--- "passthrough" and "drop" stand for what they say. Entries are named as scikit-learn's
--- make_column_transformer does (onehotencoder__drop is a parameter, pipeline__...), or by oneself,
--- with {"numbers", columns = {...}, steps...}.
local Type = require "mah.tensor.type"
local Pipeline = require "mah.prepare.pipeline"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local join = require "mah.tensor.join"
local options = require "mah.base.options"

local WHERE = "mah.preprocessing.ColumnTransformer"

---@class ColumnTransformer : mah.Prepared
---@field transformers_ table[] {name, fitted transformer, columns} of each entry, and of what
---  remains
local ColumnTransformer = {}

-- -- What is written ------------------------------------------------------------------------------

local function check_transformer(value, what)
  if value == "passthrough" or value == "drop" then return value end
  check.that(base.is_estimator(value) and base.has(value, "transform"),
    '%s: %s is %s; a transformer, "passthrough" or "drop" is expected', WHERE, what,
    type(value) == "table" and tostring(value.class or "a table") or base.show(value))
  return value
end

--- scikit-learn's order, {"name", transformer, columns}, has the columns behind.
local function check_order(entry, number)
  local last = entry[#entry]
  local is_columns = type(last) == "table" and not base.is_estimator(last)
  check.that(not is_columns or #entry < 2, "%s: entry %d ends with a list of columns; columns "
    .. "stand first: { {\"age\"}, transformer, ... }", WHERE, number)
end

--- One entry's columns and transformer: {columns, step, step ...}.
local function read_entry(entry, number)
  check.that(type(entry) == "table" and entry[1] ~= nil and getmetatable(entry) == nil,
    "%s: entry %d is %s; {columns, transformer, ...} is expected", WHERE, number, check.show(entry))
  local name, columns = nil, entry[1]
  if entry.columns then name, columns = entry[1], entry.columns end
  if type(columns) ~= "table" then columns = { columns } end
  check_order(entry, number)
  local steps = {}
  for i = 2, #entry do
    steps[#steps + 1] = check_transformer(entry[i], ("entry %d: step %d"):format(number, i - 1))
  end
  check.that(#steps > 0, "%s: entry %d has no transformer", WHERE, number)
  return name, #steps == 1 and steps[1] or Pipeline(steps), columns
end

--- What names entries already: {{name, transformer, columns} ...}.
local function check_entries(entries)
  for i, entry in ipairs(type(entries) == "table" and entries or {}) do
    check.that(type(entry) == "table" and type(entry[1]) == "string" and type(entry[3]) == "table",
      "%s: transformers: entry %d must be {name, transformer, columns}; got %s", WHERE, i,
      check.show(entry))
    check_transformer(entry[2], ("transformers: entry %d"):format(i))
  end
end

local function read(given)
  if type(given) ~= "table" or given.transformers or given[1] == nil then
    check_entries(type(given) == "table" and given.transformers)
    return given
  end
  local all, entries, named = {}, {}, {}
  for i, entry in ipairs(given) do
    local name, transformer, columns = read_entry(entry, i)
    all[i], entries[i] = transformer, { name, transformer, columns }
  end
  local names, seen = base.names_of(all), {}
  for i, entry in ipairs(entries) do
    entry[1] = entry[1] or names[i]
    check.that(not seen[entry[1]], "%s: two entries have the name %q", WHERE, entry[1])
    seen[entry[1]] = true
  end
  for key, value in pairs(given) do
    if type(key) ~= "number" then named[key] = value end
  end
  named.transformers = entries
  return named
end

function ColumnTransformer:_check() check_entries(self.transformers) end

function ColumnTransformer:_children()
  local found = {}
  for _, entry in ipairs(base.pairs_in(self.transformers)) do
    if type(entry[2]) ~= "string" then found[entry[1]] = entry[2] end
  end
  if type(self.remainder) ~= "string" then found.remainder = self.remainder end
  return found
end

function ColumnTransformer:_set_child(name, child)
  if name == "remainder" then self.remainder = child end
  for _, entry in ipairs(self.transformers) do
    if entry[1] == name then entry[2] = check_transformer(child, name) end
  end
end

-- -- Fitting --------------------------------------------------------------------------------------

--- What the columns of an entry are called in the fitted one: names where there are, else places.
local function names_or_places(f, columns)
  local list, used = {}, {}
  for k, column in ipairs(columns) do
    local place = f:place(column, WHERE)
    used[k], list[k] = place, f.names and f.names[place] or place
  end
  return list, used
end

--- The entries, and one for what remains: {name, transformer, columns}, transformers as given.
local function resolve(self, f)
  local entries, used = {}, {}
  for i, entry in ipairs(self.transformers) do
    local list, places = names_or_places(f, entry[3])
    for _, place in ipairs(places) do used[place] = true end
    entries[i] = { entry[1], entry[2], list }
  end
  local rest, places = f:others(used)
  if #rest.columns > 0 then
    local remainder = check_transformer(self.remainder, "remainder")
    entries[#entries + 1] = { "remainder", remainder, rest.names or places }
  end
  return entries
end

--- A part's result as a matrix; what it could not make numbers of is an error.
local function as_matrix(result)
  if not Type.is_tensor(result) then return frame.of(result, WHERE):matrix(WHERE) end
  return result.dtype == "float64" and result or result:double()
end

local function glue(self, f, x, act)
  local parts = {}
  for _, entry in ipairs(self.transformers_) do
    local transformer = entry[2]
    if transformer ~= "drop" then
      local part = f:pick(entry[3], WHERE)
      local result = part
      if transformer ~= "passthrough" then result = act(entry, part) end
      parts[#parts + 1] = as_matrix(result)
    end
  end
  check.that(#parts > 0, "%s: every column is dropped", WHERE)
  return base.like(#parts == 1 and parts[1] or join.cat(parts, 2), x)
end

--- Fits each transformer to its columns, and gives the results side by side.
---@param x tensor|table
---@param y any
---@return tensor
function ColumnTransformer:fit_transform(x, y)
  local f = base.frame(self, x, true)
  self.transformers_ = resolve(self, f)
  return glue(self, f, x, function(entry, part)
    entry[2] = base.clone(entry[2])
    return base.fit_transform(entry[2], part, y)
  end)
end

---@param x tensor|table
---@param y any
---@return table self
function ColumnTransformer:fit(x, y)
  self:fit_transform(x, y)
  return self
end

---@param x tensor|table
---@return tensor
function ColumnTransformer:transform(x)
  base.check_fitted(self)
  local f = frame.of(x, WHERE)
  check.that(self.feature_names_in_ == nil or f.names, "%s: it was fitted to columns by name, and "
    .. "these have none", WHERE)
  check.that(f.names or #f.columns == self.n_features_in_,
    "%s: x has %d features, but ColumnTransformer is expecting %d features as input", WHERE,
    #f.columns, self.n_features_in_)
  return glue(self, f, x, function(entry, part) return entry[2]:transform(part) end)
end

-- -- Names ----------------------------------------------------------------------------------------

--- Each as entry__column; with verbose_feature_names_out = false without the entry.
---@param given string[]|nil
---@return string[]
function ColumnTransformer:feature_names_out(given)
  local all, names, seen = base.names_in(self, given), {}, {}
  for _, entry in ipairs(base.fitted(self, "transformers_")) do
    local list = {}
    for k, column in ipairs(entry[3]) do
      list[k] = type(column) == "number" and all[column] or column
    end
    if entry[2] == "drop" then list = {} end
    if type(entry[2]) ~= "string" then list = entry[2]:feature_names_out(list) end
    for _, name in ipairs(list) do
      if self.verbose_feature_names_out then name = entry[1] .. "__" .. name end
      check.that(not seen[name], "%s: two columns would have the name %q; set "
        .. "verbose_feature_names_out = true", WHERE, name)
      seen[name] = true
      names[#names + 1] = name
    end
  end
  return names
end

return base.define(WHERE, {
  transformers = { options.required, "table", nil,
    "{name, transformer, columns} of each entry; usually written as a list without names" },
  remainder = { "drop", "string|table", nil,
    "what becomes of the columns in no entry: \"drop\", \"passthrough\" or a transformer" },
  verbose_feature_names_out = { true, "boolean", nil,
    "names that come out begin with the entry's" },
}, ColumnTransformer, read)
