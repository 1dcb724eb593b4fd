-- The random calls of tests/fuzz, in a process of their own, always the same ones.
local ffi = require "ffi"
pcall(ffi.cdef, "void __asan_init(void);")

local CALLS, CALLS_SANITIZED, SEED = 100000, 20000, 1
local ASAN = "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2048"

local folder = arg[0]:match "^(.*/)" or "./"

--- The exit status and output of the script with these arguments.
local function run(arguments)
  local name = os.tmpname()
  local status = os.execute(("ASAN_OPTIONS=%s %s %s../fuzz/random_calls.lua %s >%s 2>&1"):format(
    ASAN, arg[-1], folder, arguments, name))
  local file = assert(io.open(name))
  local output = file:read "*a"
  file:close()
  os.remove(name)
  return status, output
end

describe("random calls", function()
  it("return, or raise an error at the caller's line, and give back their memory", function()
    local sanitized = pcall(function() return ffi.C.__asan_init end)
    local calls = sanitized and CALLS_SANITIZED or CALLS
    local status, output = run(("%d %d"):format(calls, SEED))
    assert.equal(0, status, output)
    local returned, raised, starved = output:match
      "(%d+) returned, (%d+) raised an error %((%d+) of them out of memory"
    assert.equal(calls, returned + raised, output)
    assert.is_true(tonumber(returned) > calls / 4 and tonumber(starved) > calls / 200, output)
  end)

  it("are the same ones for the same seed", function()
    local _, first = run "300 5 trace"
    local _, again = run "300 5 trace"
    local function without_addresses(text) return (text:gsub("0x%x+", ""):gsub("==%d+==", "")) end
    assert.equal(without_addresses(first), without_addresses(again))
  end)
end)
