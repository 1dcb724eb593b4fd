--- Programs that were written as ONNX files and as C source, and what these say, beside what they
--- should say.
---
---     local w = written.new()
---     w:add("tanh", p, x, function(x) return x:tanh() end)       -- x: rows, or a table of such
---     w:test_all(it, pending)                          -- inside of describe
---     w:remove()
local assert = require "luassert"
local c_tools = require "exchange.c_tools"
local c_write = require "mah.exchange.c.write"
local interpret = require "exchange.interpret"
local mah = require "mah"
local onnx_tools = require "exchange.onnx_tools"
local onnx_write = require "mah.exchange.onnx.write"

local Written = {}
Written.__index = Written

local function new()
  local folder = os.tmpname()
  os.remove(folder)
  os.execute("mkdir " .. folder)
  return setmetatable({ folder = folder, cases = {} }, Written)
end

function Written:remove() os.execute("rm -r " .. self.folder) end

-- -- Cases ----------------------------------------------------------------------------------------

local function first_of(x)
  if type(x) == "cdata" then return x end
  local _, t = next(x)
  return first_of(t)
end

--- The rows of all of a program's inputs, side by side.
local function rows_of(p, inputs)
  local parts = {}
  for i, input in ipairs(p.inputs) do
    local x = inputs[input.name]
    parts[i] = x:reshape(#x, -1):double()
  end
  return mah.cat(parts, 2)
end

--- {name = tensor} of a tensor or a tree of such.
local function by_name(x, name, found)
  if type(x) == "cdata" then
    found[name or "x"] = x
    return found
  end
  for key, inner in pairs(x) do
    by_name(inner, name and name .. "." .. key or tostring(key), found)
  end
  return found
end

local function to_double(x)
  if type(x) == "cdata" then return x.dtype:find "float" and x:double() or x end
  local out = {}
  for key, inner in pairs(x) do out[key] = to_double(inner) end
  return out
end

--- How far apart numbers are, where they are large for their size.
local function distance(a, b)
  return ((a - b):abs() / mah.maximum(b:abs(), 1)):max()
end

local function write_c(self, one, given)
  one.real = given.dtype == "float64" and "double" or "float"
  mah.file.write(self.folder .. "/" .. one.name .. ".h", c_write.text(one.p, { name = one.name,
    dtype = given.dtype, doc = one.about }))
  c_tools.write_rows(self.folder .. "/" .. one.name .. ".x", rows_of(one.p, one.inputs):totable(),
    one.real)
end

--- Files that should say what f says of x. Where is_deep, what it says of x in float64, and some
--- times as near to it as Mah itself is (or as slack says).
---@param given {is_deep: boolean?, slack: number?, opset: integer?, only_onnx: boolean?}|nil
---@return table case
function Written:add(about, p, x, f, given)
  given = given or {}
  local one = { name = ("case%d"):format(#self.cases + 1), about = about, p = p,
    inputs = by_name(x, nil, {}), is_onnx = true, slack = given.slack or 1 }
  local expected = f(x)
  one.expected = by_name(expected, type(expected) == "cdata" and "output" or nil, {})
  local dtype = first_of(expected).dtype
  one.coarse = dtype == "float32"
  for name, t in pairs(one.expected) do one.expected[name] = t:double() end
  if given.is_deep then
    local exact = f(to_double(x)):double()
    one.slack = given.slack or 2 + 4 * distance(one.expected.output, exact) / 1e-6
    one.expected.output = exact
  end
  mah.file.write(self.folder .. "/" .. one.name .. ".onnx", onnx_write.bytes(p, {
    opset = given.opset or 17, doc = about, name = one.name, metadata = {} }))
  if not given.only_onnx then write_c(self, one, { dtype = dtype }) end
  self.cases[#self.cases + 1] = one
  return one
end

-- -- Comparing ------------------------------------------------------------------------------------

local function near(one, who, numbers, name)
  local wanted = one.expected[name or "output"]:reshape(-1):totable()
  assert.equal(#wanted, #numbers, one.about)
  local tolerance = (one.coarse and 1e-6 or 1e-12) * one.slack
  for i, w in ipairs(wanted) do
    local g = numbers[i]
    if not (w ~= w and g ~= g or w == g or math.abs(w - g) <= tolerance * math.max(1, math.abs(w)))
    then
      error(("%s (%s): %s: number %d is %.9g, not %.9g"):format(one.about, one.name, who, i, g, w))
    end
  end
end

function Written:check_programs()
  for _, one in ipairs(self.cases) do
    local all = {}
    if one.expected.output then
      for _, row in ipairs(interpret(one.p, one.inputs)) do
        for _, number in ipairs(row) do all[#all + 1] = number end
      end
      near(one, "the program", all)
    end
  end
end

function Written:check_onnx(kind)
  local given = {}
  for i, one in ipairs(self.cases) do
    local inputs = {}
    for _, input in ipairs(one.p.inputs) do
      inputs[input.name] = onnx_tools.input(one.inputs[input.name]:to(input.dtype))
    end
    given[i] = { model = one.name .. ".onnx", inputs = inputs }
  end
  for i, found in ipairs(onnx_tools.run(kind, self.folder, given)) do
    local one = self.cases[i]
    assert(not found.error, one.about .. ": " .. tostring(found.error))
    for name, expected in pairs(one.expected) do
      local numbers = {}
      for j, value in ipairs(found[name].data) do numbers[j] = onnx_tools.number(value) end
      near(one, "ONNX Runtime", numbers, name)
      assert.same(expected.shape, found[name].dims, one.about)
    end
  end
end

--- The cases with C source; every `step`-th.
function Written:with_c(step)
  local list = {}
  for i, one in ipairs(self.cases) do
    if one.real and i % (step or 1) == 0 then list[#list + 1] = one end
  end
  return list
end

function Written:check_c(compiler)
  local cases = self:with_c(compiler:find "San" and 3 or 1) -- which takes its time
  c_tools.output(compiler, self.folder, c_tools.driver(cases))
  for _, one in ipairs(cases) do
    near(one, "C", c_tools.read_numbers(self.folder .. "/" .. one.name .. ".p", one.real),
      (next(one.expected)))
  end
end

-- -- Tests ----------------------------------------------------------------------------------------

--- The tests of all readers; `get` gives the cases when they are there.
local function test_all(it, pending, get)
  it("is in the program", function() get():check_programs() end)

  it("passes the checker of ONNX", function()
    local there, why = onnx_tools.has_checker()
    if not there then return pending(why) end
    for name, about in pairs(onnx_tools.check(get().folder)) do
      assert(not about.error, name .. ": " .. tostring(about.error))
    end
  end)

  for _, kind in ipairs { "node", "web" } do
    it("is what ONNX Runtime does: " .. kind, function()
      local there, why = onnx_tools.has_runtime(kind)
      if not there then return pending(why) end
      get():check_onnx(kind)
    end)
  end

  for _, compiler in ipairs { "gcc", "clang", "gcc, UBSan" } do
    it("is what C source does: " .. compiler, function()
      local there, why = c_tools.has(compiler)
      if not there then return pending(why) end
      get():check_c(compiler)
    end)
  end

  it("is taken by g++", function()
    local there, why = c_tools.has "g++"
    if not there then return pending(why) end
    local text = {}
    for i, one in ipairs(get():with_c()) do text[i] = ('#include "%s.h"\n'):format(one.name) end
    c_tools.compile("g++", get().folder, table.concat(text) .. "int main(void) { return 0; }\n",
      true)
  end)
end

return { new = new, test_all = test_all }
