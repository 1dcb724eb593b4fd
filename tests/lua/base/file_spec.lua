local file = require "mah.base.file"
local golden = require "golden"

local message = golden.message

describe("file", function()
  local folder = os.tmpname()
  setup(function()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder) == 0)
  end)
  teardown(function() os.execute("rm -r " .. folder) end)

  local function listing()
    local pipe = io.popen("ls -A " .. folder)
    local text = pipe:read "*a"
    pipe:close()
    return text
  end

  it("writes and reads whole files", function()
    local path = folder .. "/a"
    for _, text in ipairs { "hello\n", "", "zero \0 byte", ("long"):rep(100000) } do
      file.write(path, text)
      assert.equal(text, file.read(path))
    end
    assert.equal("a\n", listing()) -- nothing is left beside it
    assert.is_true(file.exists(path))
    assert.is_false(file.exists(folder))
    assert.is_false(file.exists(folder .. "/none"))
  end)
  it("writes through symbolic links, and keeps a file's mode", function()
    file.write(folder .. "/target", "old")
    os.execute(("ln -s target %s/link; chmod 640 %s/target"):format(folder, folder))
    file.write(folder .. "/link", "new")
    assert.equal("new", file.read(folder .. "/target"))
    local pipe = io.popen(("stat -c %%a%%F %s/target; stat -c %%F %s/link"):format(folder, folder))
    assert.equal("640regular file\nsymbolic link\n", pipe:read "*a")
    pipe:close()
  end)
  it("writes to pipes and to the standard output, even when that is a file", function()
    local out = folder .. "/out"
    local program = ([[%s -e 'io.write "before " io.flush()
      require("mah.base.file").write("/dev/stdout", "middle ") io.write "after"']]):format(arg[-1])
    assert(os.execute(program .. " > " .. out) == 0)
    assert.equal("before middle after", file.read(out))
    local pipe = io.popen(program)
    assert.equal("before middle after", pipe:read "*a")
    pipe:close()
  end)
  it("names the path and the reason of a failure", function()
    assert.equal("No space left on device",
      message(file.write, "/dev/full", "x"):match "'/dev/full': (.*)$")
    assert.matches("cannot write '" .. folder .. "': Is a directory",
      message(file.write, folder, "x"))
    assert.matches("cannot write '/none/x': No such file", message(file.write, "/none/x", "x"))
    -- not even root can
    assert.matches("cannot write '/proc/x'", message(file.write, "/proc/x", "x"))
    assert.matches("cannot read '/none/x': No such file", message(file.read, "/none/x"))
    assert.matches("a file's path is expected, got nil", message(file.write, nil, "x"))
    assert.matches("a file's path is expected", message(file.read, ""))
    assert.matches("zero byte", message(file.read, "a\0b"))
    assert.matches("a string is expected, got 3", message(file.write, folder .. "/a", 3))
  end)
  it("leaves nothing for ever when it is killed", function()
    local target = folder .. "/killed"
    file.write(target, "old")
    file.write(folder .. "/zeros.lua", ([[
      local ffi, C = require "ffi", require "mah.base.library"
      ffi.cdef "int getpid(void); int kill(int, int); int mkfifo(const char *, unsigned);"
      local handle = io.open("%s.mah-tmp-0", "w") -- as it is left: no lock
      handle:write "half" handle:close()
      ffi.C.kill(ffi.C.getpid(), 9)]]):format(target))
    os.execute(("%s %s/zeros.lua 2>/dev/null"):format(arg[-1], folder))
    assert.matches("killed.mah%-tmp%-0", listing())
    file.write(target, "new")
    assert.equal("new", file.read(target))
    assert.is_nil(listing():find "mah%-tmp")
  end)
  it("does not touch what another process is writing", function()
    local target = folder .. "/shared"
    os.execute(("flock %s.mah-tmp-0 sleep 2 & sleep 0.5"):format(target))
    file.write(target, "mine")
    assert.equal("mine", file.read(target))
    assert.matches("shared.mah%-tmp%-0", listing())
    os.remove(target .. ".mah-tmp-0")
  end)
  it("leaves the old file when the disk is full", function()
    local small = folder .. "/small"
    local mounted = os.execute(("mkdir %s && mount -t tmpfs -o size=64k none %s 2>/dev/null")
      :format(small, small)) == 0
    if not mounted then
      io.stderr:write("file_spec: cannot mount a small disk here; "
        .. "the full disk is tried with /dev/full alone\n")
      return
    end
    file.write(small .. "/x", "old")
    local text = message(file.write, small .. "/x", ("new"):rep(100000))
    local content, left = file.read(small .. "/x"), io.popen("ls -A " .. small):read "*a"
    os.execute("umount " .. small)
    assert.matches("No space left on device", text)
    assert.equal("old", content)
    assert.equal("x\n", left)
  end)
end)
