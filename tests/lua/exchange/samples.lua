--- The sample files of other tools, in the folder that MAH_EXCHANGE names.
---
---     samples.each(it, pending, {["mlp.bin.t7"] = function(path) ... end, ...})
---
--- Without the variable such tests are pending, and say why.
local samples = {}

--- A test for each file: one that gets the path.
---@param it function        the specs' own
---@param pending function
---@param tests table<string, fun(path: string)>   by the file's name
function samples.each(it, pending, tests)
  local folder = os.getenv "MAH_EXCHANGE"
  for name, test in pairs(tests) do
    if folder then
      it("gives the answer beside the sample " .. name, function() test(folder .. "/" .. name) end)
    else
      pending("MAH_EXCHANGE IS NOT SET: THE SAMPLE " .. name .. " WAS NOT READ")
    end
  end
end

return samples
