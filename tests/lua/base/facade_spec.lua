local mah = require "mah"

describe("require 'mah'", function()
  it("has a version", function() assert.matches("^%d+%.%d+%.%d+$", mah.version) end)

  it("offers the nearest name for an unknown one", function()
    assert.error_matches(function() return mah.zeross end,
      "mah has no 'zeross'; did you mean 'zeros'")
    assert.error_matches(function() return mah.qqqqqqq end, "mah has no 'qqqqqqq'")
  end)

  it("tells the machine", function()
    local machine = mah.machine()
    assert.is_true(machine.cores >= 1)
    assert.is_string(machine.cpu)
  end)

  it("makes directories, and says why not", function()
    local path = os.tmpname()
    os.remove(path)
    mah.file.make_directory(path .. "/a/b")
    mah.file.make_directory(path .. "/a/b")
    mah.file.write(path .. "/a/b/file", "x")
    assert.error_matches(function() mah.file.make_directory(path .. "/a/b/file") end,
      "cannot make directory .*file'")
    mah.file.make_directory "./"
    mah.file.make_directory "../"
    assert.error_matches(function() mah.file.make_directory(path .. "/a/b/file/c") end,
      "file is a file")
    os.remove(path .. "/a/b/file")
    os.remove(path .. "/a/b")
    os.remove(path .. "/a")
    os.remove(path)
  end)
end)
