--- A function of rows, as the forward of a network is, as operations of a program: what it does
--- with the rows is written down (probes.lua), and each record becomes a few nodes. What does not
--- depend on the rows has been computed by then, and is constant.
---
---     local p = program.new()
---     local outputs = trace(p, f, x)                -- x: rows like those that f takes
---     outputs[1].value, outputs[1].name             -- name: where f gives a table
---
--- Each row must be computed by itself, in the same way whatever is in it: an error names the
--- operation that does something else, or that a program has not. An `if` that asks for the rows'
--- elements (x:max() > 3) cannot be seen here: the way that random rows take is written.
---
--- A traced tensor (N, a, b ...) is an entry {value = of the program, sizes = {a, b ...}}. One of
--- (N m, b ...), as x:reshape(-1, b) gives, has the sizes {m, b ...} and is `fused`. Whole numbers
--- and truth values are float64 in the program.
local Trace = require "mah.exchange.trace.context"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local probes = require "mah.exchange.trace.probes"
local traced = require "mah.tensor.traced"

local translators = {}
for _, part in ipairs {
  require "mah.exchange.trace.layers", require "mah.exchange.trace.elementwise",
  require "mah.exchange.trace.product", require "mah.exchange.trace.reduce",
  require "mah.exchange.trace.shape",
} do
  for rule, translate in pairs(part) do translators[rule] = translate end
end

-- -- Ends -----------------------------------------------------------------------------------------

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- {name, leaf, like} of each tensor in a tree, by name.
local function listed(leaves, like, name, list)
  if Type.is_tensor(like) then
    list[#list + 1] = { name = name == "" and "x" or name, leaf = leaves, like = like }
    return list
  end
  for _, key in ipairs(sorted_keys(like)) do
    listed(leaves[key], like[key], name == "" and tostring(key) or name .. "." .. key, list)
  end
  return list
end

local function add_input(t, input, value)
  local sizes = {}
  for d = 2, input.like.ndim do sizes[d - 1] = input.like.shape[d] end
  if value then
    t.entries[input.leaf.place] = { value = value, sizes = sizes }
    return
  end
  local dtype = input.like.dtype
  check.that(dtype:find "^float%d" or dtype:find "^u?int", "%s is %s: float32, float64 and whole "
    .. "numbers can come in", input.name, dtype)
  local is_whole = not dtype:find "^float"
  value = t.program:input(input.name, is_whole and "int64" or dtype, t.width_of(sizes))
  value.sizes = sizes
  t.entries[input.leaf.place] = {
    value = is_whole and t.program:op("cast", { value }, { to = "float64" }) or value,
    sizes = sizes,
  }
end

local function output_of(t, result, name)
  local entry = t.entries[result.place]
  check.that(not entry.fused, "what forward gives%s has another number of rows than x", name
    and (" as %s"):format(name) or "")
  return { name = name, value = entry.value, sizes = entry.sizes }
end

-- -- Records --------------------------------------------------------------------------------------

local function translate(t, k)
  local rule = t.probes.first.records[k].rule
  if not rule then return end -- a leaf
  local act = translators[rule.name]
  if not act then t:fail(k, "there is no such operation in a file") end
  t.entries[k] = act(t, k)
  t:check_entry(k)
end

--- Which records lead to the results? Others may be what no file can hold.
local function needed(run, results)
  local used = {}
  for _, result in ipairs(results) do used[result.place] = true end
  for k = run.count, 1, -1 do
    local r = used[k] and run.records[k]
    if r then
      used[r.pa], used[r.pb], used[r.pc] = true, true, true
      for i = 1, r.list and r.list.n or 0 do used[r.places[i]] = true end
    end
  end
  return used
end

local function results_of(result)
  if traced.is(result) then return { result }, {} end
  if Type.is_tensor(result) then return { result }, {} end
  check.that(type(result) == "table" and not getmetatable(result), "forward gives %s; a tensor "
    .. "that depends on x, or a table of such, is expected", check.show(result))
  local list, names = {}, {}
  for i, key in ipairs(sorted_keys(result)) do list[i], names[i] = result[key], tostring(key) end
  return list, names
end

---@param p mah.Program
---@param f fun(x: any): any   gives a tensor (N, ...) or a table of such
---@param x any                a tensor or a tree of tensors, rows like those that f takes
---@param value table|nil      of the program, in the place of an input: x is a matrix then
---@return {name: string?, value: table, sizes: integer[]}[]   values of the program
return function(p, f, x, value)
  local found = probes.run(f, x)
  local t = Trace.new(p, found)
  for _, input in ipairs(listed(found.first.leaves, x, "", {})) do
    add_input(t, input, value)
  end
  local results, names = results_of(found.first.result)
  for i, result in ipairs(results) do
    local as = names[i] and (" as %s"):format(names[i]) or ""
    check.that(type(result) ~= "table" or traced.is(result), "forward gives a table%s, within one; "
      .. "a tensor is expected there", as)
    check.that(traced.is(result) and result.tape == found.first.tape,
      "what forward gives%s does not depend on x", as)
  end
  local used, outputs = needed(found.first, results), {}
  for k = 1, found.first.count do
    if used[k] then translate(t, k) end
  end
  for i, result in ipairs(results) do outputs[i] = output_of(t, result, names[i]) end
  probes.check_steady(found, f, x)
  return outputs
end
