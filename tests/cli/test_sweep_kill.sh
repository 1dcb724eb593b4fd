# A sweep of 300 trials whose coordinator is killed, with SIGKILL, at 50 random moments, and started
# again each time: at the end every trial is there exactly once, with its result.
. ./harness.sh

cat >kill.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local numbers = {}
for i = 1, 150 do numbers[i] = i end
local study = mah.sweep { name = "killed", store = arg[1], grid = { i = numbers, seed = { 1, 2 } },
  trial = function(p, report)
    report(1, p.i)
    ffi.C.usleep(20000)
    report(2, p.i)
    return { square = p.i ^ 2, drawn = mah.rand(1)[1] }
  end }
study:run { jobs = 3 }
END
cat >look.lua <<'END'
require "mah"
local db = require("mah.sweep.database").open(arg[1], "write")
local function first(sql) return tostring(db:row("SELECT (" .. sql .. ") AS v").v) end
print(first "SELECT count(*) FROM trials", first "SELECT count(DISTINCT identity) FROM trials",
  first "SELECT count(*) FROM trials WHERE status = 'done'",
  first [[SELECT count(*) FROM trials WHERE json_extract(result, '$.square')
    = json_extract(params, '$.i') * json_extract(params, '$.i')]],
  first "SELECT count(*) FROM curves", db:row("PRAGMA integrity_check").integrity_check)
for _, row in ipairs(db:rows "SELECT params, seed, result FROM trials ORDER BY number") do
  io.stderr:write(row.params, row.seed, row.result, "\n")
end
db:close()
END
sound="300	300	300	300	600	ok"

# (grep's own command line does not match its pattern.)
none_left() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -q -x "$HERE/[k]ill.lua"; }

# moment: seconds from 0 to 0.25, at random
moment() { awk -v r="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { print r / 65536 * 0.25 }'; }

"$MAH" "$HERE/kill.lua" calm.db 2>.progress
check "without a kill" [ $? = 0 ]
run "$MAH" look.lua calm.db
expect "is as it should be" 0 "$sound" "*"
mv .err calm

kills=0 rounds=1 starts=0
while [ $kills -lt 50 ]; do
  "$MAH" "$HERE/kill.lua" round$rounds.db 2>.progress &
  pid=$!
  starts=$((starts + 1))
  sleep "$(moment)"
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  case $? in
    137) kills=$((kills + 1)) ;;
    0) rounds=$((rounds + 1)) ;; # it was faster: the rest of the kills hit another one
    *) check "a start after a kill" false; cat .progress; break ;;
  esac
done
check "50 kills" [ $kills = 50 ]
check "no worker outlives its coordinator" wait_for 10 none_left

for round in $(seq $rounds); do
  "$MAH" "$HERE/kill.lua" round$round.db 2>.progress
  check "the last start finishes" [ $? = 0 ]
  run "$MAH" look.lua round$round.db
  expect "every trial is there exactly once" 0 "$sound" "*"
  check "with the results of a calm run" cmp calm .err
done
check "no worker is left at the end" none_left

finish
