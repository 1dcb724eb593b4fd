local archive = require "mah.exchange.archive"
local mah = require "mah"

describe("an archive", function()
  local path
  before_each(function()
    path = os.tmpname()
    mah.save_npz(path, { a = mah.arange(1, 4), b = mah.zeros(2 ^ 20) }, { compressed = true })
  end)
  after_each(function() os.remove(path) end)

  it("lists its members, and gives their bytes", function()
    assert.is_true(archive.is(mah.file.read(path)))
    assert.is_false(archive.is "PK")
    local zip = archive.open(path)
    assert.same({ "a.npy", "b.npy" }, zip.names)
    assert.is_true(zip:has "a.npy")
    assert.is_false(zip:has "c.npy")
    assert.equal("\147NUMPY", zip:read("a.npy"):sub(1, 6))
    assert.equal(128 + 2 ^ 22, #zip:read "b.npy")
    zip:close()
  end)

  it("does not unpack the same bytes without end", function()
    local zip = archive.open(path)
    assert.error_matches(function()
      for _ = 1, 100 do zip:read "b.npy" end
    end, "member 'b%.npy': 4194432 bytes are too many for such a file")
    zip:close()
  end)

  it("complains of files and members that are not there", function()
    assert.error_matches(function() archive.open "/no/such.zip" end, "/no/such%.zip")
    mah.file.write(path, "PK\3\4 and no more")
    assert.error_matches(function() archive.open(path) end, "not a sound ZIP archive")
    mah.save_npz(path, { mah.zeros(1) })
    assert.error_matches(function() archive.open(path):read "x" end, "it has no member 'x'")
  end)

  it("is closed behind its use, after an error too", function()
    local kept
    assert.equal(2, archive.with(path, function(zip)
      kept = zip
      return #zip.names
    end))
    assert.is_nil(kept.handle)
    kept = nil
    assert.error_matches(function()
      archive.with(path, function(zip)
        kept = zip
        zip:read "x"
      end)
    end, "it has no member 'x'")
    assert.is_nil(kept.handle)
  end)
end)
