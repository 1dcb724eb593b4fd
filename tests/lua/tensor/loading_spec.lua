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
      local known = {}
      for file in Type.files:gmatch "%S+" do
        require("mah.tensor." .. file)
        for name, method in pairs(methods) do
          if known[name] and known[name] ~= method then io.write(file, ": ", name, " ") end
          known[name] = method
        end
      end]]
    assert.equals("", text)
  end)
end)
