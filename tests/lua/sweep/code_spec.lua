require "mah"
local code = require "mah.sweep.code"

--- What the code of the function is that the text returns.
local function of(text) return code.of(assert(loadstring(text))()) end

describe("a trial's code", function()
  it("does not change with comments and spaces", function()
    local plain = of "return function(p) local x = p.a + 1 return {x = x} end"
    assert.equal(plain, of [==[
      -- a comment
      return function( p )   -- end of line
        --[[ a long
             one with end ]]
        local x = p.a+1
        return { x=x }
      end]==])
  end)

  it("changes with what the function says", function()
    local plain = of "return function(p) return p.a + 1 end"
    assert.not_equal(plain, of "return function(p) return p.a + 2 end")
    assert.not_equal(plain, of "return function(p) return p.b + 1 end")
    assert.not_equal(of 'return function() return "a b" end',
      of 'return function() return "a  b" end')
  end)

  it("is the function's alone, and not its neighbours'", function()
    local first = of "local t = {f = function(p) return 1 end, timeout = 5} return t.f"
    local second = of "local t = {f = function(p) return 1 end, timeout = 6} return t.f"
    assert.equal(first, second)
    assert.equal("function ( p ) return 1 end", first)
  end)

  it("knows where blocks end", function()
    local text = [==[
function(p)
  for i = 1, 2 do if i > 1 then repeat i = i + 1 until i > 3 end end
  while false do local s = "end" .. 'end' .. [[ end ]] end -- end
  local f = function() return function() end end
  return f
end]==]
    local found = of("return 1 and\n" .. text .. "\n, function() return 3 end")
    assert.equal(table.concat((code.tokens(text)), " "), found)
  end)

  it("follows local helpers and plain values", function()
    local program = [[
      local n, settings = %s, {epochs = %s}
      local function helper(x) return x * %s end
      return function(p) return helper(p.a) + n + settings.epochs end]]
    local plain = of(program:format(1, 2, 3))
    assert.equal(plain, of(program:format(1, 2, 3)))
    assert.not_equal(plain, of(program:format(9, 2, 3)))
    assert.not_equal(plain, of(program:format(1, 9, 3)))
    assert.not_equal(plain, of(program:format(1, 2, 9)))
  end)

  it("leaves out tensors, mah and what is recursive", function()
    local text = of [[
      local mah = require "mah"
      local data = {x = mah.zeros(2):free()}
      local function f(n) return n == 0 and 1 or f(n - 1) end
      local loop = {} loop.loop = loop
      return function(p) return f(p.a) + #data.x + mah.pi, loop end]]
    assert.not_matches("tensor", text)
    assert.not_matches("Tensors in a minute", text)
  end)

  it("finds functions in files", function()
    local text = code.of(of)
    assert.matches("^function of %( text %) return code %. of", text)
  end)

  it("complains where there is no program text", function()
    local f = loadstring("return function() end", "=stdin")()
    assert.error_matches(function() code.of(f) end, "cannot be read.*code = \"1\"")
    f = loadstring("return function() end", "@/nowhere/file.lua")()
    assert.error_matches(function() code.of(f) end, "/nowhere/file.lua")
  end)
end)
