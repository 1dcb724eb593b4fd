# The library with MPI, by itself: ranks find one another, and all calls do what they say.
. "$ROOT/tests/cluster/harness.sh"

cat >"$PLAIN/maps.lua" <<'END'
require "mah"
for line in io.lines "/proc/self/maps" do
  if line:find "mpi" then print(line) end
end
END
run "$MAH" "$PLAIN/maps.lua"
expect "plain mah loads no MPI" 0 "" ""

needs_mpi || { finish; exit; }

cat >"$PLAIN/calls.lua" <<'END'
require "mah"
local ffi = require "ffi"
local mpi = require "mah.cluster.mpi"
local M, place = mpi.open(), ffi.new "mah_rank"
assert(M.mah_mpi_barrier() ~= 0 and ffi.string(M.mah_mpi_message()):find "not begun")
mpi.status(M.mah_mpi_begin(place))
local rank, size = place.rank, place.size
assert(place.node_size == size and place.node_rank == rank)

-- A ring of messages, an empty one and a long one.
local from, count = ffi.new "int32_t[1]", ffi.new "int64_t[1]"
for _, n in ipairs { 0, 1, 100000 } do
  local text = string.rep(string.char(65 + rank), n)
  if rank == 0 then mpi.status(M.mah_mpi_send((rank + 1) % size, text, n)) end
  mpi.status(M.mah_mpi_poll(from, count, 20))
  assert(from[0] == (rank - 1) % size and count[0] == n, "a message of the rank before")
  local room = ffi.new("char[?]", n + 1)
  mpi.status(M.mah_mpi_receive(room, n, from[0]))
  assert(ffi.string(room, n) == string.rep(string.char(65 + from[0]), n))
  if rank ~= 0 then mpi.status(M.mah_mpi_send((rank + 1) % size, text, n)) end
end
mpi.status(M.mah_mpi_barrier())
mpi.status(M.mah_mpi_poll(from, count, 0))
assert(from[0] == -1, "nothing waits")
assert(M.mah_mpi_send(size, "x", 1) ~= 0)
assert(ffi.string(M.mah_mpi_message()) == ("MPI: rank %d of %d"):format(size, size))

-- Pieces of ragged sizes; that of rank 1 is empty.
local starts = ffi.new("int64_t[?]", size + 1)
for r = 0, size - 1 do starts[r + 1] = starts[r] + (r == 1 and 0 or 1000 * r + 7) end
local all = ffi.new("uint8_t[?]", tonumber(starts[size]))
for i = tonumber(starts[rank]), tonumber(starts[rank + 1]) - 1 do all[i] = rank + 1 end
mpi.status(M.mah_mpi_allgather(all, starts))
for r = 0, size - 1 do
  for i = tonumber(starts[r]), tonumber(starts[r + 1]) - 1 do assert(all[i] == r + 1) end
end

local told = ffi.new("char[6]", rank == 2 and "hello" or "")
mpi.status(M.mah_mpi_broadcast(told, 6, 2))
assert(ffi.string(told) == "hello")
mpi.status(M.mah_mpi_end())
if rank == 0 then print "all is well" end
END
run ranks 4 "$MAH" calls.lua
expect "messages, pieces, broadcast" 0 "all is well" "*"

# -- The process that speaks it for the script -------------------------------------------------------

cat >"$PLAIN/envoy.lua" <<'END'
require "mah"
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
assert(os.getenv "OMPI_COMM_WORLD_RANK")
local envoy = require("mah.cluster.envoy").start()
local rank, size = envoy.is.rank, envoy.is.size
for line in io.lines "/proc/self/maps" do assert(not line:find "libmpi", line) end
local names = io.popen "env":read "*a"
assert(not names:find "OMPI_" and not names:find "PMIX_", names)
assert(envoy.is.workers == size - 1 and envoy.is.worker == rank - 1 and envoy.is.cores >= 1)

-- Long messages to one another at once: nobody waits for a reader.
local text, n = ("x"):rep(3e6), 0
for r = 0, size - 1 do envoy:send(r, text .. rank) end
while n < size do
  envoy:wait(20)
  for from, got in envoy:messages() do
    assert(got == text .. from)
    n = n + 1
  end
end

-- Pieces through the shared memory and in it, and such as are longer than it.
local function exchange(length, is_inside)
  local starts = ffi.new("int64_t[?]", size + 1)
  for r = 0, size - 1 do starts[r + 1] = starts[r] + (r == 1 and 0 or length + r) end
  local all = is_inside and ffi.cast("uint8_t *", envoy.c.room)
    or ffi.new("uint8_t[?]", tonumber(starts[size]))
  ffi.fill(all, tonumber(starts[size]))
  for r = 0, size - 1 do
    if r == rank then ffi.fill(all + starts[r], tonumber(starts[r + 1] - starts[r]), r + 1) end
  end
  check.status(C.mah_envoy_allgather(envoy.c, all, starts))
  for r = 0, size - 1 do
    for i = tonumber(starts[r]), tonumber(starts[r + 1]) - 1 do assert(all[i] == r + 1) end
  end
end
for _, length in ipairs { 0, 1, 4097 } do
  exchange(length, false)
  exchange(length, true)
end
exchange(6e7, false)
local starts = ffi.new("int64_t[?]", size + 1, 8)
starts[size] = 0
assert(C.mah_envoy_allgather(envoy.c, envoy.c.room, starts) ~= 0)

-- A process that it forks is not the rank's: its exit ends nothing.
local worker = ffi.new "mah_worker"
check.status(C.mah_worker_start(worker, 0, 1))
if worker.pid == 0 then os.exit(0) end
check.status(C.mah_worker_wait(ffi.new "mah_worker_end", worker.pid))
if rank == 0 then print "all is well" end
if arg[1] == "3" then C.mah_envoy_expect(3) end
os.exit(rank == 0 and tonumber(arg[1]) or 0)
END
run ranks 3 "$MAH" envoy.lua 0
expect "the envoy: messages, pieces, a clean end" 0 "all is well" ""
run ranks 3 "$MAH" envoy.lua 3
expect "and with a status that stands for a good end" 3 "all is well" "*exit*3*"

# -- Installed --------------------------------------------------------------------------------------

prefix=$PLAIN/prefix
run cmake --install "$BUILD" --prefix "$prefix"
check "cmake --install" [ "$status" = 0 ]
chmod -R a+rX "$prefix"
run ranks 2 "$prefix/bin/mah" -e 'print(require("mah.cluster.mpi").find())'
expect "the installed program finds it" 0 "$prefix/lib*/libmah_mpi.so" ""
run ranks 3 "$prefix/bin/mah" calls.lua
expect "and can use it" 0 "all is well" "*"
if needs luajit luajit; then
  export LUA_PATH="$prefix/share/lua/5.1/?.lua;$prefix/share/lua/5.1/?/init.lua;;"
  run ranks 3 luajit calls.lua
  expect "and so can luajit" 0 "all is well" "*"
  cat >"$PLAIN/print.lua" <<'END'
local mah = require "mah"
mah.warnings(false)
local study = mah.sweep { name = "luajit", store = "luajit.db", grid = { a = { 1, 2, 3 } },
  trial = function(p) return p.a end }
study:run { quiet = true }
print(study:best().number)
END
  run ranks 3 luajit print.lua
  expect "which prints once, too" 0 "3" "*"
fi

finish
