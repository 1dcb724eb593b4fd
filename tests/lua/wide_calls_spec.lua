--- The wide random calls of tests/fuzz, in a process of their own, always the same ones.
local ffi = require "ffi"
pcall(ffi.cdef, "void __asan_init(void);")

local CALLS, SEED = 4000, 1
local ASAN = "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2048"

local folder = arg[0]:match "^(.*/)" or "./"

describe("wide random calls", function()
  it("return, yield, or raise an error at the caller's line", function()
    local name = os.tmpname()
    local status = os.execute(("ASAN_OPTIONS=%s %s %sfuzz/wide_calls.lua %d %d >%s 2>&1"):format(
      ASAN, arg[-1], folder .. "../", CALLS, SEED, name))
    local file = assert(io.open(name))
    local output = file:read "*a"
    file:close()
    os.remove(name)
    assert.equal(0, status, output)
    local returned, raised, yielded = output:match
      "(%d+) returned, (%d+) raised an error, (%d+) yielded"
    assert.equal(CALLS, returned + raised + yielded, output)
    assert.is_true(returned + 0 > CALLS / 5, output)
  end)
end)
