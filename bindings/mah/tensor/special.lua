--- Special functions, element by element, under SciPy's names, of tensors and of numbers.
---
---     print(mah.erf(0.5), mah.gamma(5))             --> 0.52049987781305  24
---     local y = x:erfc()                            -- new tensors; x:erfc_() in place
---     mah.gammainc(a, x)                            -- tensors broadcast; also a:gammainc(x)
---
--- float32 and float64 are kept (the larger one wins), integers become float32. All is
--- computed in double; outside of a function's domain the result is NaN. mah.gammaln is mah.lgamma,
--- mah.lbeta is mah.betaln.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local named = require "mah.base.named"

local methods, is_tensor, expect = Type.methods, Type.is_tensor, Type.expect
local blank, own = Type.blank, Type.own

local special = {}

--- An operand as the core wants it: the tensor, or nil and the number.
local function operand(value, where, name)
  if type(value) == "number" then return nil, value end
  if not is_tensor(value) then
    check.raise("%s: %s must be a tensor or a number; got %s", where, name, check.show(value))
  end
  return expect(value, where), 0
end

local function define_unary(op, name)
  methods[name] = function(x)
    local out = blank()
    check.status(C.mah_special(out, op, expect(x, name), nil, nil, 0, 0, 0))
    return own(out)
  end
  methods[name .. "_"] = function(x)
    check.status(C.mah_special(expect(x, name .. "_"), op, x, nil, nil, 0, 0, 0))
    return x
  end
  special[name] = function(x)
    if type(x) == "number" then return C.mah_special_at(op, x, 0, 0) end
    return methods[name](x)
  end
end

local function define_others(op, name, names)
  local first, second, third = names:match "(%a+) (%a+) ?(%a*)"
  special[name] = function(a, b, c)
    local t, u, v, x, y, z
    t, x = operand(a, name, first)
    u, y = operand(b, name, second)
    if third ~= "" then v, z = operand(c, name, third) end -- luacheck: ignore
    if not (t or u or v) then return C.mah_special_at(op, x, y, z or 0) end
    local out = blank()
    check.status(C.mah_special(out, op, t, u, v, x, y, z or 0))
    return own(out)
  end
  methods[name] = special[name]
end

for op, name in named(C.mah_special_name) do
  if C.mah_special_operands(op) == 1 then
    define_unary(op, name)
  else
    define_others(op, name, ffi.string(C.mah_special_parameters(op)))
  end
end

for alias, name in pairs { gammaln = "lgamma", lbeta = "betaln" } do
  special[alias], methods[alias] = special[name], methods[name]
end

return special
