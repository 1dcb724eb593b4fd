local annotations = require "mah.docs.annotations"

local source = [==[
--- A module. More of it.
---
---     local m = require "m"
local check = require "check"

---@class Thing
---@field size integer   how large
local Thing = {}

--- Does something. And more.
---@param a {x: integer, y: fun(z: number): number}|nil   the first
---  of two
---@param ... string
---@return number|nil result   with text
---@return string
function Thing:act(a, ...) end

local function silent() end

return function(b) end
]==]

describe("annotations", function()
  local module = annotations.read(source)

  it("reads the head", function()
    assert.equal("A module.", module.summary)
    assert.matches('local m = require "m"', module.head)
  end)

  it("reads a function", function()
    local entry = module.at[16]
    assert.equal("Thing:act", entry.name)
    assert.equal("(a, ...)", entry.params)
    assert.equal("Does something.", entry.summary)
    assert.same({
      { name = "a", type = "{x: integer, y: fun(z: number): number}|nil",
        text = "the first of two" },
      { name = "...", type = "string", text = "" },
    }, entry.arguments)
    assert.same({ type = "number|nil", text = "result   with text" }, entry.returns[1])
    assert.same({ type = "string", text = "" }, entry.returns[2])
  end)

  it("knows what has no comment", function()
    assert.is_false(module.at[18].documented)
    assert.is_false(module.at[20].documented)
    assert.is_true(module.at[16].documented)
  end)

  it("reads classes", function()
    assert.same({ { name = "size", type = "integer", text = "how large" } },
      module.classes.Thing.fields)
  end)

  it("reads several classes of one comment, with parents and hidden fields", function()
    local classes = annotations.read([==[
---@class First: Base
---@field a integer|nil
---@field private b fun(x: number): number   not for others

---@class Second
local second = {}
]==]).classes
    assert.same({ "First", "Second" }, { classes[1].class, classes[2].class })
    assert.equal("Base", classes.First.parent)
    assert.is_nil(classes.Second.parent)
    assert.same({
      { name = "a", type = "integer|nil", text = "" },
      { name = "b", type = "fun(x: number): number", text = "not for others", hidden = true },
    }, classes.First.fields)
  end)

  it("fills in lists that the core keeps", function()
    local entry = annotations.entry { " One of {{mah.learn.activation.hidden_names}}." }
    assert.matches("^One of elu, gelu, .* tanh%.$", entry.text)
    assert.matches("huber", annotations.entry { " {{mah.learn.activation.loss_names}}" }.text)
  end)
end)
