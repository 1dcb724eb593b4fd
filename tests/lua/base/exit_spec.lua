-- Ending the program from inside of a module; tests/cli/test_sweep.sh sees it end.
local exit = require "mah.base.exit"

describe("exit.now", function()
  it("is an error that says what the program does when nobody catches it", function()
    local ok, problem = pcall(exit.now, 3)
    assert.is_false(ok)
    assert.equal("the program ends here, with status 3", tostring(problem))
    assert.equal(3, getmetatable(problem).mah_exit_status)
  end)
end)
