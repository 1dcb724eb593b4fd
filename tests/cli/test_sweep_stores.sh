# Stores of sweeps that cannot be written, that are moved while a sweep runs, that lie where nothing
# can be written.
. ./harness.sh

# query STORE SQL: the first column of the rows
cat >query.lua <<'END'
require "mah"
local db = require("mah.sweep.database").open(arg[1], "write")
local rows, names = db:rows(arg[2])
for _, row in ipairs(rows) do print(row[names[1]]) end
db:close()
END
query() { "$MAH" query.lua "$1" "$2"; }

# none_left SCRIPT: does no process run it? (The pattern must not match grep's own command line.)
none_left() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -q -x "$HERE/[${1%"${1#?}"}]${1#?}"; }

end() {
  wait_for 30 gone $pid || kill -KILL $pid
  wait $pid
  status=$? out=$(cat .out) err=$(cat .err)
}
beside() { ls "$1"-wal "$1"-shm "$1"-journal 2>/dev/null; }

cat >fails.lua <<'END'
local mah = require "mah"
local study = mah.sweep { name = "some fail", store = "fails.db", grid = { a = { 1, 2, 3 } },
  trial = function(p)
    if p.a == 2 and arg[1] == "bad" then error "no" end
    return { test = p.a, loss = 1 / p.a }
  end, code = arg[1] }
print(study:run { jobs = 2 }.failed)
END
run "$MAH" fails.lua bad
expect "a store to look at" 3 "1" "*"

# -- Stores that cannot be written ------------------------------------------------------------------

cat >fill.lua <<'END'
local mah = require "mah"
local numbers = {}
for i = 1, 400 do numbers[i] = i end
local study = mah.sweep { name = "fill", store = arg[1], grid = { i = numbers },
  trial = function(p) return { text = (" "):rep(5000), i = p.i } end }
print(study:run { jobs = 2 }.skipped)
END
# ends_well STORE: everything that was finished is kept, and the run can be finished
ends_well() {
  kept=$(query "$1" "SELECT count(*) AS n FROM trials WHERE status = 'done'")
  check "something had finished ($kept)" [ "$kept" -gt 0 -a "$kept" -lt 400 ]
  check "the store is sound" [ "$(query "$1" 'PRAGMA integrity_check')" = ok ]
  check "no worker is left behind" wait_for 10 none_left fill.lua
}
run sh -c 'ulimit -f 1000; exec "$MAH" "$0" limited.db' "$HERE/fill.lua"
expect "a file that may not grow" 1 "" "*mah: *fill.lua:6: the store 'limited.db': *trials had finished and are kept*"
ends_well limited.db
run "$MAH" fill.lua limited.db
expect "and then it may" 0 "$kept" "*"

if unshare -m true 2>/dev/null; then
  # In its own mount namespace: a disk of 1 MB, whose files are copied out when it is full.
  mkdir small
  run unshare -m sh -c 'mount -t tmpfs -o size=1m none small || exit 99
    "$MAH" "$0" small/runs.db; status=$?; mkdir kept; cp small/runs.db* kept; exit $status' \
    "$HERE/fill.lua"
  if [ "$status" = 99 ]; then
    skip "a file system cannot be mounted"
  else
    expect "a full disk" 1 "" "*the store 'small/runs.db': database or disk is full*are kept*"
    ends_well kept/runs.db
    run "$MAH" fill.lua kept/runs.db
    expect "and then there is room" 0 "$kept" "*"
  fi
else
  skip "there is no unshare for a full disk"
fi

# -- Stores that move ---------------------------------------------------------------------------------

cat >moves.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local study = mah.sweep { name = "moves", store = "moving/runs.db", grid = { a = { 1, 2, 3, 4, 5, 6 } },
  trial = function(p)
    if p.a == 3 then -- by now some trials have been stored
      io.open("moving/now", "w"):close()
      while io.open "moving/now" do ffi.C.usleep(1000) end
    end
    return p.a
  end }
study:run { jobs = 1 }
END
# moved NAME COMMAND STORE: runs it, and COMMAND while the third trial runs; then looks into STORE.
moved() {
  rm -rf moving elsewhere
  "$MAH" moves.lua >.out 2>.err &
  pid=$!
  wait_for 30 [ -e moving/now ]
  eval "$2"
  rm -f moving/now
  end
  expect "a store is $1 during the run" 1 "" "*the store 'moving/runs.db' was deleted, moved or replaced while study \"moves\" ran; what it held, 3 of 6 trials finished, is now in 'moving/runs.rescued.db'*"
  check "$1: its results are saved" [ "$(query moving/runs.rescued.db "SELECT count(*) AS n FROM trials WHERE status = 'done'")" = 3 ]
  check "$1: and $3 is sound" [ "$(query "$3" "SELECT count(*) AS n FROM studies")" = 1 ]
}
moved deleted "rm -rf moving" moving/runs.rescued.db
check "nothing else is left" [ "$(ls moving)" = runs.rescued.db ]
mv moving/runs.rescued.db moving/runs.db
run "$MAH" moves.lua
expect "put in its place, it goes on" 0 "" "*6/6 done*"
moved moved "mv moving elsewhere" elsewhere/runs.db
moved renamed "mv moving/runs.db moving/other.db" moving/other.db
check "its log is not left for another store" [ -z "$(beside moving/runs.db)" ]
moved replaced "cp fails.db moving/new.db; mv moving/new.db moving/runs.db" moving/runs.db
run "$MAH" results moving/runs.db
expect "the other store is as it was" 0 "*some fail*" ""

# -- Folders that cannot be written -----------------------------------------------------------------

# as_nobody COMMAND...: as somebody who may write nothing here
if [ "$(id -u)" = 0 ]; then
  as_nobody() { run setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
  as_nobody() { run "$@"; }
fi
cp "$MAH" mah
chmod 755 . mah
mkdir locked
cp fails.db locked/closed.db
cp fails.db locked/"log %20?#.db"
query locked/"log %20?#.db" "PRAGMA journal_mode = WAL" >/dev/null # as runs of earlier versions left it
cp locked/"log %20?#.db" locked/open.db
echo "not empty" >locked/open.db-wal
chmod 644 locked/*
chmod 555 locked
for store in closed.db "log %20?#.db"; do
  as_nobody ./mah results "locked/$store"
  expect "a store in a folder that cannot be written: $store" 0 "study *some fail *3 *2 *1 *" ""
  as_nobody ./mah -e "print(#require 'mah'.sweep.open('locked/$store'):results())"
  expect "can be opened: $store" 0 "3" ""
done
as_nobody ./mah results locked/open.db
expect "and one with a log that nobody has put in" 1 "" "mah: the store 'locked/open.db': it is still being written, or was left so (locked/open.db-wal)*"
check "nothing was written" [ "$(ls locked | wc -l)" = 4 ]
chmod 755 locked

cp fails.db readonly.db
chmod 444 readonly.db
sed 's/fails.db/readonly.db/' fails.lua >readonly.lua
before=$(cksum <readonly.db)
chmod 777 . # who may write everything else
as_nobody ./mah readonly.lua bad
expect "a read-only store" 1 "" "mah: readonly.lua:7: the store 'readonly.db' is read-only*"
check "is as it was" [ "$before" = "$(cksum <readonly.db)" ]

finish
