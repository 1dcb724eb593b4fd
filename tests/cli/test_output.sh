# Output that nobody takes.
. ./harness.sh

full() { timeout 60 "$@" >/dev/full 2>.err; status=$?; out= err=$(cat .err); }
full "$MAH" -e 'print(1)'
expect "a full disk" 1 "" "mah: standard output cannot be written"
full "$MAH" -e 'for i = 1, 1e5 do print(i) end'
expect "a full disk, past the buffer" 1 "" "mah: standard output cannot be written"
full "$MAH" -e 'print(1) os.exit(0)'
expect "a full disk and os.exit" 1 "" "mah: standard output cannot be written"
full "$MAH" --version
expect "a full disk and --version" 1 "" "mah: standard output cannot be written"
full "$MAH" -e 'io.stderr:write "quiet"'
expect "nothing to write" 0 "" "quiet"

closed() { timeout 60 "$@" >&- 2>.err; status=$?; out= err=$(cat .err); }
closed "$MAH" -e 'print(1)'
expect "closed standard output" 1 "" "mah: standard output cannot be written"

{ timeout 60 "$MAH" -e 'while true do print "line" end' 2>.err; echo $? >.status; } | head -n 1 >.out
status=$(cat .status) out=$(cat .out) err=$(cat .err)
expect "a closed pipe ends it, quietly" 141 "line" ""

finish
