-- The damages of tests/fuzz/stores.lua, in a process of their own, always the same ones.
local DAMAGES, SEED, MOST_SECONDS = 300, 1, 300

local folder = arg[0]:match "^(.*/)" or "./"

describe("damaged stores", function()
  it("are read as far as they go, or refused by name", function()
    local name = os.tmpname()
    local status = os.execute(("ASAN_OPTIONS=detect_leaks=0 timeout %d %s %s../fuzz/stores.lua "
      .. "%d %d >%s 2>&1"):format(MOST_SECONDS, arg[-1], folder, DAMAGES, SEED, name))
    local file = assert(io.open(name))
    local output = file:read "*a"
    file:close()
    os.remove(name)
    assert.equal(0, status, output)
    local read, refused, runs = output:match
      "(%d+) times read, (%d+) times refused, (%d+) runs; 0 faults"
    assert.is_true(read + 0 > DAMAGES and refused + 0 > DAMAGES / 2 and runs + 0 > DAMAGES / 10,
      output)
  end)
end)
