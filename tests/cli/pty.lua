--- Runs a program in a pseudo-terminal, types into it, and waits for what it prints.
---
---     local p = pty.start({ "mah" }, { columns = 80, env = { TERM = "xterm" } })
---     p:send "1 + 1\r"
---     p:expect "\n2\n"                 -- Lua pattern; an error after a minute without it
---     p:send "\4"
---     print(p:wait())                  --> 0, the exit status (128 + number for signals)
---
--- What it prints is looked at without escape sequences and carriage returns; `p.raw` has them.
local ffi = require "ffi"

for _, declaration in ipairs {
  "int posix_openpt(int flags); int grantpt(int fd); int unlockpt(int fd); char *ptsname(int fd);",
  "int fork(void); int setsid(void); int dup2(int from, int to); void _exit(int status);",
  "int open(const char *path, int flags, ...); int close(int fd);",
  "int execve(const char *path, char *const arguments[], char *const environment[]);",
  "long read(int fd, void *out, unsigned long n);",
  "long write(int fd, const void *bytes, unsigned long n);",
  "struct pty_poll { int fd; short events, revents; };",
  "int poll(struct pty_poll *fds, unsigned long n, int milliseconds);",
  "struct pty_size { unsigned short rows, columns, x, y; };",
  "int ioctl(int fd, unsigned long request, ...); int kill(int pid, int number);",
  "int waitpid(int pid, int *status, int options);",
} do
  ffi.cdef(declaration)
end

local C = ffi.C
local READ_WRITE, NO_TERMINAL, CLOSE_ON_EXEC = 2, 0x100, 0x80000 -- Linux
local SET_SIZE, POLL_IN, NO_HANG = 0x5414, 1, 1
local PATIENCE = tonumber(os.getenv "PTY_PATIENCE") or 60 -- seconds

local pty, Process = {}, {}
Process.__index = Process

local function c_strings(list)
  local array = ffi.new("const char *[?]", #list + 1)
  for i, text in ipairs(list) do array[i - 1] = text end
  return ffi.cast("char *const *", array), { array, list } -- the second keeps them alive
end

local function set_size(master, rows, columns)
  C.ioctl(master, SET_SIZE, ffi.new("struct pty_size", rows, columns))
end

--- In the child: the terminal becomes standard input, output and errors.
local function become(slave, path, arguments, environment)
  C.setsid()
  local fd = C.open(slave, READ_WRITE)
  for i = 0, 2 do C.dup2(fd, i) end
  if fd > 2 then C.close(fd) end
  C.execve(path, arguments, environment)
  C._exit(127)
end

---@param command string[]   the program's path and its arguments
---@param o {rows: integer?, columns: integer?, env: table<string, string>}
function pty.start(command, o)
  local master = C.posix_openpt(READ_WRITE + NO_TERMINAL + CLOSE_ON_EXEC)
  assert(master >= 0 and C.grantpt(master) == 0 and C.unlockpt(master) == 0, "no pseudo-terminal")
  local slave = ffi.string(C.ptsname(master))
  set_size(master, o.rows or 24, o.columns or 80)
  local settings = {}
  for name, value in pairs(o.env) do settings[#settings + 1] = name .. "=" .. value end
  local arguments, kept = c_strings(command)
  local environment, kept_too = c_strings(settings)
  local pid = C.fork()
  if pid == 0 then become(slave, command[1], arguments, environment) end
  assert(pid > 0 and kept and kept_too, "cannot fork")
  return setmetatable({ pid = pid, master = master, raw = "", text = "", at = 1 }, Process)
end

--- Tells the program another size of the terminal.
function Process:resize(rows, columns) set_size(self.master, rows, columns) end

---@param text string
function Process:send(text)
  while #text > 0 do
    local n = tonumber(C.write(self.master, text, #text))
    assert(n > 0, "the program does not read")
    text = text:sub(n + 1)
  end
end

local function plain(raw)
  raw = raw:gsub("\27%[C", " "):gsub("\27%[[%d;?]*[%a@]", ""):gsub("\27[_%]].-\27\\",
    ""):gsub("\27[=>]", "")
  raw = raw:gsub("\27.*$", "") -- one that is not complete
  return (raw:gsub("[\r\a\1\2]", ""))
end

local buffer = ffi.new "char[65536]"

--- Reads what is there, for at most so many seconds; false at the end of the program's output.
function Process:read(seconds)
  local poll = ffi.new("struct pty_poll", self.master, POLL_IN, 0)
  if C.poll(poll, 1, seconds * 1000) <= 0 then return true end
  local n = tonumber(C.read(self.master, buffer, 65536))
  if n <= 0 then return false end
  self.raw = self.raw .. ffi.string(buffer, n)
  self.text = plain(self.raw)
  return true
end

--- Waits for a Lua pattern (behind what the last call found), and returns its captures.
---@param pattern string
function Process:expect(pattern)
  local deadline = os.time() + PATIENCE
  while true do
    local found = { self.text:find(pattern, self.at) }
    if found[1] then
      self.at = found[2] + 1
      return unpack(found, 3)
    end
    if not self:read(1) then break end
    if os.time() > deadline then break end
  end
  error(("waited for %q in vain; the screen ends in:\n%s"):format(pattern, self.text:sub(-1500)), 2)
end

--- The exit status, when it has ended; kills it after a minute.
function Process:wait()
  local deadline = os.time() + PATIENCE
  while self:read(1) and os.time() <= deadline do end
  local status = ffi.new "int[1]"
  while C.waitpid(self.pid, status, NO_HANG) == 0 do
    if os.time() > deadline then C.kill(self.pid, 9) end
    C.poll(nil, 0, 20)
  end
  C.close(self.master)
  self.closed = true
  local number = status[0] % 128
  return number ~= 0 and 128 + number or math.floor(status[0] / 256) % 256
end

--- Ends it whatever it does.
function Process:kill()
  if self.closed then return end
  C.kill(self.pid, 9)
  self:wait()
end

return pty
