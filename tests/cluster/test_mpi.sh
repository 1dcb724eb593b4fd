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
local M, place = mpi.open(), ffi.new "mah_mpi_place"
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

# -- Installed --------------------------------------------------------------------------------------

prefix=$PLAIN/prefix
run cmake --install "$BUILD" --prefix "$prefix"
check "cmake --install" [ "$status" = 0 ]
chmod -R a+rX "$prefix"
run ranks 2 "$prefix/bin/mah" -e 'print(require("mah.cluster.mpi").find())'
expect "the installed program finds it" 0 "$prefix/lib*/libmah_mpi.so*" ""
run ranks 3 "$prefix/bin/mah" calls.lua
expect "and can use it" 0 "all is well" "*"
if needs luajit luajit; then
  export LUA_PATH="$prefix/share/lua/5.1/?.lua;$prefix/share/lua/5.1/?/init.lua;;"
  run ranks 3 luajit calls.lua
  expect "and so can luajit" 0 "all is well" "*"
fi

finish
