--- When the files with the methods of tensors are loaded.
local shell = require "mah.base.shell"

--- What a script prints in a process of its own.
local function run(script)
  local pipe = io.popen(("%s -e %s"):format(shell.quote(arg[-1]), shell.quote(script)))
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

describe("the files of tensors", function()
  it("are loaded as names are looked for", function()
    local text = run [[
      local mah = require "mah"
      local function tell(name) io.write(name, "=", tostring(package.loaded[name] ~= nil), " ") end
      local y = mah.tensor { 1, 2 } * 2
      tell "mah.tensor.elementwise" tell "mah.tensor.fft" tell "mah.tensor.sort"
      y:sort()
      tell "mah.tensor.sort" tell "mah.tensor.fft"]]
    assert.equals("mah.tensor.elementwise=true mah.tensor.fft=false mah.tensor.sort=false "
      .. "mah.tensor.sort=true mah.tensor.fft=false", text)
  end)

  it("are not looked through for what is no method", function()
    assert.equals("true", run [[
      local mah = require "mah"
      local x = mah.zeros(3)
      local text = x.dtype .. #x.shape .. x[{ 1 }]
      print(package.loaded["mah.tensor.fft"] == nil)]])
  end)

  it("are all looked through for a wrong name", function()
    local text = run [[
      local mah = require "mah"
      print(pcall(function() return mah.zeros(2).convolv end))]]
    assert.matches("^false.*convolve", text)
  end)

  it("have no method twice, whichever comes first", function()
    local text = run [[
      require "mah"
      local Type = require "mah.tensor.type"
      local methods = Type.methods
      setmetatable(methods, nil)
      setmetatable(Type.operators, nil)
      local known, count = { [methods] = {}, [Type.operators] = {} }, 0
      for file in Type.files:gmatch "%S+" do
        require("mah.tensor." .. file)
        count = count + 1
        for names, before in pairs(known) do
          for name, f in pairs(names) do
            if before[name] and before[name] ~= f then io.write(file, ": ", name, " ") end
            before[name] = f
          end
        end
      end
      print(count .. " files")]]
    assert.matches("^%d%d files$", text)
  end)

  it("look for gradients in each method that takes a second tensor", function()
    local Type, traced = require "mah.tensor.type", require "mah.tensor.traced"
    for name in pairs(traced.second) do assert.is_function(Type.methods[name], name) end
    assert.equals("0.5 0.5", run [[
      local mah = require "mah"
      local a = mah.tensor { { 2, 0 }, { 0, 2 } }
      mah.linalg.det(a)
      local solve = a.solve -- before there are gradients
      local g = mah.grad(function(w) return solve(a, w):sum() end)(mah.tensor { 1, 1 })
      print(g[1] .. " " .. g[2])]])
  end)

  it("are loaded anew after an interrupt, and so are the parts of mah", function()
    assert.equals("interrupted\tinterrupted\n1\ttrue", run [[
      local mah = require "mah"
      local is_underway = require("mah.base.loading").is_underway
      local x = mah.tensor { 3, 1, 2 }
      jit.off()
      local function interrupted(module, f)
        debug.sethook(function()
          if not is_underway(module) then return end
          debug.sethook()
          error("interrupted", 0)
        end, "", 10)
        return select(2, pcall(f))
      end
      print(interrupted("mah.tensor.sort", function() return x:conv1d() end),
        interrupted("mah.learn.solver", function() return mah.solver end))
      print(x:sort()[1], mah.solver.adam ~= nil)]])
  end)
end)
