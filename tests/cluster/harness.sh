# harness.sh - what tests of clusters have besides tests/cli/harness.sh. Sourced by test_*.sh.
#
#   run as_plain_user mpirun -np 2 "$MAH" script.lua     # mpirun and PostgreSQL refuse root
#   needs mpirun openmpi-bin || { finish; exit; }        # SKIPPED, and why, where it is missing
#   run ranks 4 "$MAH" script.lua                        # mpirun, with its input shut: it reads all
#
# as_plain_user is a program, so that `run`, `timeout` and `env` can start it. As root it runs a
# command as the user nobody, else as whoever we are; in a HOME of its own, $PLAIN, which that user may
# write. $MAH is a copy of the program, with its libraries beside it, that the user can read.
. "$ROOT/tests/cli/harness.sh"

PLAIN=$HERE/plain
mkdir "$PLAIN" "$HERE/programs"
chmod 755 "$HERE" "$HERE/programs"
cp "$BUILD/mah" "$HERE/programs"
[ ! -f "$BUILD/libmah_mpi.so" ] || cp "$BUILD/libmah_mpi.so" "$HERE/programs"
MAH=$HERE/programs/mah
PATH=$HERE/programs:$PATH
export PLAIN MAH PATH

as=
if [ "$(id -u)" = 0 ]; then
  chown nobody "$PLAIN"
  as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
cat >"$HERE/programs/as_plain_user" <<END
#!/bin/sh
cd "\$PLAIN" && exec $as env HOME="\$PLAIN" USER=\${USER:-nobody} "\$@"
END
cat >"$HERE/programs/ranks" <<'END'
#!/bin/sh
n=$1
shift
exec as_plain_user mpirun --oversubscribe -np "$n" "$@" </dev/null
END
chmod 755 "$HERE/programs"/*

# needs PROGRAM PACKAGE: is it there?
needs() {
  command -v "$1" >/dev/null && return
  skip "there is no $1 (Debian: $2)"
  return 1
}

# needs_mpi: are there mpirun, and a mah that was built with MPI?
needs_mpi() {
  needs mpirun openmpi-bin || return 1
  [ -f "$BUILD/libmah_mpi.so" ] && return
  skip "mah was built without MPI (Debian: libopenmpi-dev)"
  return 1
}

# -- Sweeps -----------------------------------------------------------------------------------------

# rows STORE: all of a store's rows that does not tell of time, process, attempts and machine.
cat >"$PLAIN/rows.lua" <<'END'
require "mah"
local db = require("mah.sweep.database").open(arg[1], "write")
for _, row in ipairs(db:rows([[SELECT s.name, t.number, t.identity, t.params, t.seed, t.status,
  t.reason, t.error, t.result, t.warnings,
  (SELECT group_concat(epoch || ':' || coalesce(value, 'nan')) FROM (SELECT * FROM curves c
    WHERE c.trial = t.id ORDER BY epoch)) AS curve
  FROM trials t JOIN studies s ON s.id = t.study ORDER BY s.name, t.number]])) do
  local list = {}
  for _, name in ipairs { "name", "number", "identity", "params", "seed", "status", "reason",
    "error", "result", "warnings", "curve" } do
    list[#list + 1] = tostring(row[name])
  end
  print(table.concat(list, "|"))
end
db:close()
END
rows() { as_plain_user "$MAH" rows.lua "$1"; }
