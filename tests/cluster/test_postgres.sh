# Four coordinators share a study in a PostgreSQL database: 300 trials, 20 kills, a restart of the
# server, and each trial is finished once, with the results that one machine and SQLite give.
. "$ROOT/tests/cluster/harness.sh"

"$ROOT/tests/cluster/postgres.sh" where >/dev/null || {
  skip "there is no PostgreSQL server (Debian: postgresql)"
  finish
  exit
}

# A socket's path has room for 107 bytes, too few for some temporary folders.
SERVER=$(mktemp -u /tmp/mah-pg.XXXXXX)
coordinators=
end_all() {
  kill -KILL $coordinators 2>/dev/null
  [ ! -d "$SERVER" ] || "$ROOT/tests/cluster/postgres.sh" stop "$SERVER"
  rm -rf "$HERE"
}
trap end_all EXIT
trap 'exit 130' INT TERM HUP
address=$("$ROOT/tests/cluster/postgres.sh" start "$SERVER") || {
  check "the server starts" false
  finish
  exit 1
}

cat >sweep.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local numbers, folder = {}, arg[2]
for i = 1, 150 do numbers[i] = i end
local study = mah.sweep { name = "shared", store = arg[1], grid = { i = numbers, seed = { 1, 2 } },
  heartbeat = tonumber(arg[3] or 60), retry = 20, code = "1",
  trial = function(p, report)
    report(1, p.i)
    repeat ffi.C.usleep(60000) until p.i < 150 or mah.file.exists(folder .. ".over")
    report(2, p.i / 3)
    local count = assert(io.open(("%s/%d-%d"):format(folder, p.i, p.seed), "a"))
    count:write "x"
    count:close()
    return { square = p.i ^ 2, drawn = mah.rand(1)[1] }
  end }
local counts = study:run { jobs = 2 }
assert(counts.done == 300 and counts.total == 300)
END

cat >search.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local s = mah.search
local searches = { tpe = s.tpe { trials = 40, seed = 3 }, cmaes = s.cmaes { trials = 40, seed = 3 } }
local study = mah.sweep { name = arg[2], store = arg[1], goal = "min",
  space = { x = s.uniform(-5, 5), y = s.uniform(-5, 5) }, search = searches[arg[2]],
  trial = function(p)
    ffi.C.usleep(1000 * (p.seed % 20))
    return (1 - p.x) ^ 2 + 100 * (p.y - p.x ^ 2) ^ 2
  end }
assert(study:run { jobs = 2 }.done == 40)
END

# Everything but times: trials, and curves.
cat >look.lua <<'END'
require "mah"
local store = require("mah.sweep.store").open(arg[1], "read")
for _, t in ipairs(store:trials_with_curves(store:need(arg[2]))) do
  local encode = require("mah.sweep.canonical").encode
  print(t.number, encode(t.params), t.seed, t.status, encode(t.result), t.identity,
    t.curve and encode { t.curve.epochs, t.curve.values } or "no curve")
end
store:close()
END
cat >ask.lua <<'END'
require "mah"
local db = require("mah.sweep.database").open(arg[1], "write")
for i = 2, #arg do
  for _, row in ipairs((db:rows(arg[i]))) do
    local list = {}
    for _, value in pairs(row) do list[#list + 1] = tostring(value) end
    print(table.concat(list, " "))
  end
end
db:close()
END
ask() { "$MAH" ask.lua "$address" "$@"; }

# -- One machine, SQLite --------------------------------------------------------------------------

mkdir calm kills
touch calm.over
run "$MAH" sweep.lua calm.db calm
check "one coordinator with a file" [ "$status" = 0 ]
"$MAH" look.lua calm.db shared >calm.rows

# -- Four coordinators, 20 kills ------------------------------------------------------------------

# What finishes is counted by the database itself.
echo 'require "mah" require("mah.sweep.store").open(arg[1], "create"):close()' >make.lua
"$MAH" make.lua "$address"
ask "CREATE TABLE finishes (identity TEXT)" \
  "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN INSERT INTO finishes VALUES (NEW.identity); RETURN NEW; END'" \
  "CREATE TRIGGER note AFTER UPDATE ON trials FOR EACH ROW WHEN (NEW.status = 'done')
     EXECUTE FUNCTION note()"

start() { # which of the four
  "$MAH" "$HERE/sweep.lua" "$address" kills 2>>progress.$1 &
  eval "pid$1=$!"
  coordinators="$coordinators $!"
}

# dice: the same numbers below 32768 each time, one after the other
dice=1
dice() { dice=$(((dice * 1103515245 + 12345) % 2147483648)); n=$((dice / 65536)); }

# trials: the processes of the four coordinators' trials
trials() {
  for which in 1 2 3 4; do
    eval "cat /proc/\$pid$which/task/\$pid$which/children 2>/dev/null"
  done
}

# With the one that asks there are five.
all_connected() {
  [ "$(ask "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mah'")" = 5 ]
}

for which in 1 2 3 4; do start $which; done
sleep 0.3
of_coordinators=0 of_trials=0
while [ $((of_coordinators + of_trials)) -lt 20 ]; do
  dice
  sleep "$(printf 0.%02d $((n % 20 + 5)))"
  dice
  if [ $((n % 2)) = 0 ]; then
    which=$((n / 2 % 4 + 1))
    eval "pid=\$pid$which"
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    of_coordinators=$((of_coordinators + 1))
    start $which
  else
    set -- $(trials)
    [ $# -gt 0 ] || continue
    shift $((n / 2 % $#))
    kill -KILL "$1" 2>/dev/null && of_trials=$((of_trials + 1))
  fi
  if [ $((of_coordinators + of_trials)) = 10 ]; then
    sleep 0.5 # until the sessions of those that were killed have ended
    wait_for 20 all_connected # who comes while there is no server gets an error
    "$ROOT/tests/cluster/postgres.sh" restart "$SERVER"
  fi
done
touch kills.over # until then the last trials wait
check "20 kills ($of_coordinators of coordinators, $of_trials of trials)" \
  [ $((of_coordinators + of_trials)) = 20 ]
check "of both kinds" [ $of_coordinators -gt 3 -a $of_trials -gt 3 ]
for which in 1 2 3 4; do
  eval "wait \$pid$which"
  status=$?
  check "coordinator $which ends well" [ $status = 0 ]
  [ $status = 0 ] || tail -5 progress.$which
done

"$MAH" look.lua "$address" shared >kills.rows
check "the results are those of SQLite" cmp calm.rows kills.rows
check "each has finished once, says the database" \
  [ "$(ask "SELECT count(*), count(DISTINCT identity) FROM finishes" | tr ' ' '\n' | sort -u)" = 300 ]
# A trial that is killed, or whose coordinator is, after its last line and before its result is
# stored runs again.
finished=$(cat kills/* | wc -c)
check "no trial was left out" [ "$(ls kills | wc -l)" = 300 ]
check "none ran to its end again without a kill ($finished)" \
  [ "$finished" -le $((300 + 2 * of_coordinators + of_trials)) ]
run "$MAH" sweep.lua "$address" kills
check "the same command finds nothing to do" [ "$status" = 0 ]
check "and nothing ran" [ "$(cat kills/* | wc -c)" = "$finished" ]

# -- From one to the other ------------------------------------------------------------------------

run "$MAH" results merge moved.db "$address"
expect "PostgreSQL to SQLite" 0 "300 trials taken into 'moved.db'" ""
"$MAH" look.lua moved.db shared | cmp -s - calm.rows
check "with the same rows and curves" [ $? = 0 ]
run "$MAH" results merge "$address&options=-csearch_path%3Dother" moved.db
expect "to a schema that is not there" 1 "" "*no schema*"
ask "CREATE SCHEMA other"
run "$MAH" results merge "$address&options=-csearch_path%3Dother" moved.db
expect "SQLite to PostgreSQL" 0 "300 trials taken*" ""
"$MAH" look.lua "$address&options=-csearch_path%3Dother" shared | cmp -s - calm.rows
check "with the same rows and curves, too" [ $? = 0 ]

# -- A coordinator that was away ------------------------------------------------------------------

cat >away.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local pid = arg[2]
local study = mah.sweep { name = "away", store = arg[1], grid = { i = { 1, 2, 3, 4, 5, 6 } },
  heartbeat = 2, code = "1",
  trial = function(p)
    ffi.C.usleep(700000)
    return { pid = pid, value = p.i }
  end }
assert(study:run { jobs = 2 }.done == 6)
END
ask "TRUNCATE finishes"
two_run() { [ "$(ask "SELECT count(*) FROM trials WHERE status = 'running'")" = 2 ]; }
"$MAH" away.lua "$address" first 2>progress.away &
away=$!
coordinators="$coordinators $away"
wait_for 20 two_run
check "two trials run" [ $? = 0 ]
kill -STOP $away
run "$MAH" away.lua "$address" second
check "another coordinator takes over what a stopped one had" [ "$status" = 0 ]
kill -CONT $away
wait $away
check "which ends well when it comes back" [ $? = 0 ]
check "and what it finds does not count" [ "$(ask "SELECT count(*), count(DISTINCT identity)
  FROM finishes" | tr ' ' '\n' | sort -u)" = 6 ]
check "but the other's does" [ "$(ask "SELECT count(*) FROM trials
  WHERE status = 'done' AND result LIKE '%second%'")" = 6 ]

# -- Ctrl-C ---------------------------------------------------------------------------------------

ask "DELETE FROM trials WHERE study = (SELECT id FROM studies WHERE name = 'away')"
"$MAH" away.lua "$address" first 2>progress.away &
away=$!
coordinators="$coordinators $away"
wait_for 20 two_run
"$MAH" away.lua "$address" second 2>progress.second &
second=$!
coordinators="$coordinators $second"
kill -TERM $away
wait $away
status=$? out='' err=$(cat progress.away)
expect "a coordinator that is ended says how to go on" 130 "" \
  "*SIGTERM: study \"away\" is interrupted with * of 6 trials finished; the same command goes on*"
wait $second
check "and another one runs what it gives back" [ $? = 0 ]

# -- Curves of others -----------------------------------------------------------------------------

cat >prune.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local study = mah.sweep { name = "prune", store = arg[1], grid = { i = { 1, 2 } },
  prune = function(_, others) return #others > 0 and "there is another one" end,
  trial = function(_, report)
    for epoch = 1, 100 do
      report(epoch, 1)
      ffi.C.usleep(100000)
    end
  end }
study:run { jobs = 1 }
END
for which in 1 2; do
  "$MAH" prune.lua "$address" 2>progress.$which &
  eval "pid$which=$!"
done
wait $pid1 $pid2
check "a rule sees the curves of trials that run elsewhere" \
  [ "$(ask "SELECT count(*) FROM trials WHERE status = 'pruned'")" = 2 ]

# -- Searches that learn --------------------------------------------------------------------------

# The four also make the tables, all at once.
ask "CREATE SCHEMA searches"
searches="$address&options=-csearch_path%3Dsearches"
for search in tpe cmaes; do
  run "$MAH" search.lua calm.db $search
  "$MAH" look.lua calm.db $search >calm.rows
  for which in 1 2 3 4; do
    "$MAH" search.lua "$searches" $search 2>progress.$which &
    eval "pid$which=$!"
  done
  for which in 1 2 3 4; do
    eval "wait \$pid$which"
    check "$search, coordinator $which" [ $? = 0 ]
  done
  "$MAH" look.lua "$searches" $search | cmp - calm.rows
  check "$search proposes what it does on one machine" [ $? = 0 ]
done

# -- A server that does not come back -------------------------------------------------------------

ask "DELETE FROM curves" "DELETE FROM trials"
cat >gone.lua <<'END'
require("mah.sweep.store.postgres").PATIENCE = 1
dofile "sweep.lua"
END
mkdir gone
"$MAH" gone.lua "$address" gone 2>gone.err &
pid=$!
coordinators="$coordinators $pid"
sleep 0.8
"$ROOT/tests/cluster/postgres.sh" stop "$SERVER" 2>/dev/null
wait $pid
status=$? out='' err=$(cat gone.err)
expect "an error says what is kept" 1 "" \
  "*sweep.lua:*: the store 'postgresql://mah@/*': the connection is lost (*none again in 1 s*of 300 trials had finished and are kept; the same command goes on*"
finish
