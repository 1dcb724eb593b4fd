#!/bin/sh
# run.sh - from a fresh clone to the report: installs what is missing (Debian, Ubuntu), builds into
# build/, and runs scripts/report.lua. Arguments go to the report; a later --preset wins:
#
#   scripts/run.sh
#   scripts/run.sh --preset full --lang fa
#
# Paths among the arguments count from the checkout's folder, wherever this is called.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"

need $packages_to_run
set -- --preset quick "$@"
if [ -f "$root/build/CMakeCache.txt" ]; then
  build "$root/build" -DCMAKE_BUILD_TYPE=Release
else
  build "$root/build" -DCMAKE_BUILD_TYPE=Release -DMAH_TESTS=OFF
fi
cd "$root"
exec build/mah scripts/report.lua "$@"
