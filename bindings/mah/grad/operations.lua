--- The operations that have a derivative, by name. Each takes plain and traced operands, in any
--- mixture: operations.exp(x), operations.mul(a, b). The files of rules/ fill the table.
---
---     operations.define_one("exp", forward, function(g, y, x) return g * y end)
---
--- In rules g is the gradient of the result y; a, b are the operands, what stands behind them the
--- settings. They are written with operations that have derivatives themselves, so that a gradient
--- has one.
local recording = require "mah.grad.recording"

local operations = {}

local meta = { __index = {} }
local define = meta.__index

--- The operation's name in messages.
local function shown(name) return name:find "^at_" and "x[...]" or (name:gsub("_$", "")) end

--- An operation of one operand, forward(x, ...), with at most four settings.
---@param name string
---@param forward function
---@param da fun(g: any, y: any, x: any, ...): any   nil: no gradient
---@param linear boolean|nil   does the gradient not ask for the values of x and y?
function define.define_one(name, forward, da, linear)
  local rule = { name = shown(name), forward = forward, da = da, linear = linear or false,
    into = false, back = false }
  define.rules[name], operations[name] = rule, recording.one(rule)
end

--- An operation of two operands, forward(a, b, ...), with at most two settings.
---@param name string
---@param forward function
---@param da fun(g: any, y: any, a: any, b: any, ...): any
---@param db fun(g: any, y: any, a: any, b: any, ...): any
---@param linear boolean|nil
function define.define_two(name, forward, da, db, linear)
  local rule = { name = shown(name), forward = forward, da = da, db = db, linear = linear or false,
    into = false, back = false, waits = false }
  define.rules[name], operations[name] = rule, recording.two(rule)
end

--- An operation of three operands, forward(a, b, c, ...), with at most two settings: see
--- mah.grad.recording.three. The last two operands may be nil.
---@param name string
---@param forward function
---@param da fun(g: any, y: any, a: any, b: any, c: any, ...): any
---@param db fun(g: any, y: any, a: any, b: any, c: any, ...): any
---@param dc fun(g: any, y: any, a: any, b: any, c: any, ...): any
function define.define_three(name, forward, da, db, dc)
  local rule = { name = shown(name), forward = forward, da = da, db = db, dc = dc, linear = false,
    into = false, back = false, adds_c = false }
  define.rules[name], operations[name] = rule, recording.three(rule)
end

--- An operation of a list of operands with at most two settings: see mah.grad.recording.many.
---@param name string
---@param forward fun(list: table, ...): any
---@param gradients fun(g: any, y: any, list: table, places: integer[], ...): table
---@param linear boolean|nil
function define.define_many(name, forward, gradients, linear)
  operations[name] = recording.many { name = shown(name), forward = forward, gradients = gradients,
    linear = linear or false }
end

--- The rule of an operation by its name.
define.rules = {}

return setmetatable(operations, meta)
