# The .deb in a bare Debian 12: packed, installed with apt, and tried there by an ordinary user. Takes
# minutes, needs root, debootstrap and the mirror that apt uses; so it runs only when it is asked for:
#
#   scripts/test.sh package
. "$ROOT/tests/cli/harness.sh"

leave() { skip "$1: THE .deb IS NOT TESTED"; finish; exit; }
[ "$(id -u)" = 0 ] || leave "only root can make a bare Debian"
for tool in debootstrap chroot cpack dpkg-shlibdeps; do
  command -v $tool >/dev/null || leave "there is no $tool"
done
mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(SITE)' 'Created-By: Packages' |
  sed -n 's/^bookworm main //p' | head -n 1)
[ -n "$mirror" ] || leave "apt has no mirror of bookworm"
http_proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$http_proxy" ] && unset http_proxy || export http_proxy

bare=$(mktemp -d) && chmod 755 "$bare" || exit 1 # debootstrap wants a path without blanks
trap 'umount "$bare/proc" 2>/dev/null; rm -rf --one-file-system "$HERE" "$bare"' EXIT
trap 'exit 130' INT TERM HUP

# inside COMMAND...: as root; user COMMAND...: as an ordinary user, in a home folder, in UTF-8.
inside() { chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
  ${http_proxy:+http_proxy="$http_proxy"} "$@"; }
user() { run chroot --userspec=somebody:somebody "$bare" env -i -C /home/somebody TERM=dumb \
  HOME=/home/somebody LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin "$@"; }
# try NAME COMMAND...: of what takes long; shows the end of its output where it fails.
try() {
  name=$1
  shift
  "$@" >log 2>&1
  good=$?
  verdict $good "$name"
  [ $good = 0 ] || tail -n 30 log
  return $good
}
install() { inside apt-get -qq -y -o APT::Sandbox::User=root install "$@"; }

# -- A package, and a system for it -----------------------------------------------------------------

try "cpack" cpack -G DEB --config "$BUILD/CPackConfig.cmake" -B packed || { finish; exit; }
try "debootstrap" debootstrap --variant=minbase bookworm "$bare" "$mirror" || { finish; exit; }
mount -t proc proc "$bare/proc" || leave "proc cannot be mounted"
cp packed/mah*.deb "$bare/opt"
deb=$(cd packed && ls mah_*.deb) deb_with_mpi=$(cd packed && ls mah-mpi_*.deb 2>/dev/null)
inside useradd -m somebody
echo force-unsafe-io >"$bare/etc/dpkg/dpkg.cfg.d/quick" # the disk may come later
inside apt-get -qq update 2>/dev/null

# -- What mah needs, and nothing else ---------------------------------------------------------------

try "apt installs it, without what is recommended" install --no-install-recommends "/opt/$deb"
user mah -e 'print(mah.tensor{1, 2} * 3)'
expect "mah -e" 0 "*{3.0, 6.0}" ""
user mah -e 'local s = mah.sweep{name = "s", store = "s.db", code = "1", grid = {a = {1, 2}},
  trial = function(p) return {b = p.a} end} s:run{jobs = 1} print(#s:results())'
expect "a sweep" 0 "*2" "*"
user mah -e 'mah.image.save("digit.png", mah.data.digits{n = 1, seed = 1}.train.x[1]:view(28, 28))'
expect "a picture" 0 "" ""
user mah -e 'mah.plot.lines{series = {{x = {1, 2}, y = {3, 4}}}}:save("lines.png")'
expect "a chart says what it lacks" 1 "" "mah: *libpangocairo-1.0-0*"
user mah help train
expect "mah help" 0 "mah.train(net, data, given)*" ""

# -- With what is recommended, man, completion and a stock luajit -----------------------------------

try "apt installs the rest" install --no-install-recommends libpangocairo-1.0-0 fonts-dejavu-core \
  libturbojpeg0 luajit man-db bash-completion
user mah -e 'mah.plot.lines{series = {{x = {1, 2}, y = {3, 4}}}, title = "a chart"}:save("lines.png")'
expect "a chart" 0 "" ""
cp "$bare/home/somebody/lines.png" "${MAH_PACKAGE_PICTURE:-/dev/null}"
user mah -e 'print(mah.image.load("lines.png").shape[1] > 100)'
expect "is read again" 0 "true" ""
user mah examples
expect "mah examples" 0 "*02_xor *XOR: *" ""
user mah examples xor --run
expect "runs one" 0 "0 xor 0 = 0*1 xor 1 = 0" ""
user env MANPAGER=cat man mah
expect "man mah" 0 "*MAH(1)*mah examples*--pareto*SEE ALSO*" ""
user luajit -e 'local mah = require "mah"; print(mah.zeros(2).shape[1])'
expect "a stock luajit needs no variable" 0 "2" "warning: this LuaJIT *"
cat >"$bare/complete" <<'END2'
source /usr/share/bash-completion/bash_completion
_completion_loader mah
COMP_LINE="mah results --ba" COMP_POINT=16 COMP_WORDS=(mah results --ba) COMP_CWORD=2
eval "$(complete -p mah | sed 's/.*-F \([^ ]*\) .*/\1/') mah"
COMP_LINE="mah exa" COMP_POINT=7; _mah mah; printf '%s\n' "${COMPREPLY[@]}"
COMP_LINE="mah results --be" COMP_POINT=16; _mah mah; printf '%s\n' "${COMPREPLY[@]}"
END2
user bash /complete
expect "completion in bash" 0 "examples
--best" ""
user sh -c 'ls /usr/share/zsh/vendor-completions/_mah /usr/share/fish/vendor_completions.d/mah.fish \
  /usr/share/mah/definitions/mah.lua'
expect "completions and definitions are there" 0 "*" ""

# -- What it suggests -------------------------------------------------------------------------------

# Each part says what it lacks, and is opened when it is there.
in_postgresql() { user mah -e 'mah.sweep{name = "s", store = "postgresql://127.0.0.1:1/x", code = "1",
  grid = {a = {1}}, trial = function(p) return {b = p.a} end}:run()'; }
submitted() { user mah submit sweep.lua --time 1:00; }
# paged: on a terminal of 12 lines, from outside, whoever sits there presses q.
echo 'stty rows 12 cols 80; mah help train' >"$bare/home/somebody/paged"
paged() {
  run sh -c '(sleep 2; printf q) | script -qec "chroot --userspec=somebody:somebody $0 env -i \
    -C /home/somebody TERM=xterm HOME=/home/somebody LANG=C.UTF-8 PATH=/usr/bin:/bin sh paged" \
    /dev/null' "$bare"
}
echo 'print(1)' >"$bare/home/somebody/sweep.lua"

in_postgresql
expect "a store in PostgreSQL says what it lacks" 1 "" "mah: *libpq5*"
submitted
expect "mah submit says that there is no sbatch" 1 "*--time=*" "*there is no sbatch on the PATH*"
paged
expect "without less the help comes at once" 0 "*mah.train(net, data, given)*max_iter 5*" ""
try "apt installs libpq5, slurm-client and less" install --no-install-recommends libpq5 \
  slurm-client less
in_postgresql
expect "a store in PostgreSQL asks the server" 1 "" "mah: *onnection refused*"
submitted
expect "mah submit calls sbatch" 1 "*--time=*" "*sbatch: *sbatch ended with status *"
paged
expect "help comes by pages" 0 "*mah.train(net, data, given)*" ""
check "and q ends it" [ "${out%max_iter 5*}" = "$out" ]

# -- The other LuaJIT -------------------------------------------------------------------------------

try "apt replaces LuaJIT by luajit2" install --no-install-recommends luajit2
user mah -e 'print(mah.tensor{1, 2} * 3)'
expect "mah runs with it" 0 "*{3.0, 6.0}" ""
user luajit -e 'local mah = require "mah"; print(mah.zeros(2).shape[1])'
expect "and luajit2 with mah, without a warning" 0 "2" ""

# -- MPI --------------------------------------------------------------------------------------------

if [ -n "$deb_with_mpi" ]; then
  try "apt installs the part with MPI" install --no-install-recommends "/opt/$deb_with_mpi" openmpi-bin
  user mpirun --oversubscribe -np 3 mah -e 'local s = mah.sweep{name = "s", store = "m.db", code = "1",
    grid = {a = {1, 2}}, trial = function(p) return {b = p.a} end} s:run() print(#s:results())'
  expect "a sweep of three ranks" 0 "*2" "*"
fi

# -- Without a package: cmake --install into /usr/local ---------------------------------------------

try "apt removes it" inside apt-get -qq -y remove mah
check "all of it" [ -z "$(find "$bare/usr" -path '*mah*' -not -path '*/doc/*' -type f | grep -v var)" ]
DESTDIR="$bare" try "cmake --install" cmake --install "$BUILD" --prefix /usr/local
user luajit -e 'print(require("mah").zeros(2).shape[1])'
expect "luajit finds it there, too" 0 "2" ""
user mah examples
expect "and mah its examples" 0 "*02_xor *XOR: *" ""

finish
