# setup.sh - what run.sh, test.sh and bench.sh share: installs what is missing and builds. Sourced,
# not run.
#
#   root=...              # the checkout, absolute
#   . "$root/scripts/setup.sh"
#   need $packages_to_run
#   build "$root/build" -DCMAKE_BUILD_TYPE=Release

packages_to_run="cmake ninja-build pkg-config libluajit-5.1-dev libopenblas-dev liblapacke-dev
  libpng-dev zlib1g-dev libpangocairo-1.0-0 fonts-dejavu-core lua-cjson libedit-dev libsqlite3-dev"
packages_to_test="libcmocka-dev libturbojpeg0 lua-busted luajit curl wget python3-numpy
  python3-onnx python3-optuna libopenmpi-dev openmpi-bin postgresql
  munge slurmctld slurmd slurm-client chromium chromium-driver zsh fish man-db mandoc"
packages_to_lint="lua-check clang-format cppcheck"
packages_to_package="debootstrap dpkg-dev luarocks"
packages_to_fuzz="clang-14 libclang-rt-14-dev"

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# -- Packages -------------------------------------------------------------------------------------

# The compiler's packages, when there is none that finds the C library's headers.
compiler_packages() {
  echo '#include <stdio.h>' | ${CC:-cc} -E - >/dev/null 2>&1 || echo gcc libc6-dev
}

# missing PACKAGE...: those that dpkg does not call installed, one a line.
missing() {
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || :
  for package; do
    printf '%s\n' "$installed" | grep -qxF "installed $package" || echo "$package"
  done
}

# As root, with sudo where needed; fails when there is no way.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    have sudo && sudo "$@"
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

# elsewhere: how those that mah needs to run are installed on systems without apt. From their lists of
# packages; NOT TESTED: nobody has built mah there yet. Where lua-cjson is no package, it is a rock.
elsewhere() {
  if have dnf; then # Fedora
    echo "dnf install gcc cmake ninja-build pkgconf-pkg-config luajit-devel openblas-devel" \
      "lapack-devel libpng-devel zlib-devel libedit-devel sqlite-libs pango dejavu-sans-fonts" \
      "luarocks && luarocks --lua-version 5.1 install lua-cjson"
  elif have pacman; then # Arch
    echo "pacman -S --needed gcc cmake ninja pkgconf luajit openblas lapacke libpng zlib libedit" \
      "sqlite pango ttf-dejavu lua51-cjson"
  elif have apk; then # Alpine
    echo "apk add gcc musl-dev cmake samurai pkgconf luajit-dev openblas-dev lapack-dev libpng-dev" \
      "zlib-dev libedit-dev sqlite-libs pango font-dejavu lua5.1-cjson"
  elif have brew; then # macOS: OpenBLAS has LAPACKE (-DMAH_LAPACKE=), and is not on pkg-config's path
    echo "brew install cmake ninja pkgconf luajit openblas libpng zlib libedit sqlite pango" \
      "font-dejavu luarocks && luarocks --lua-version 5.1 install lua-cjson"
  fi
}

apt_install() { apt install -y --no-install-recommends "$@"; }

# without_apt PACKAGE...: says what is needed.
without_apt() {
  say "There is no apt here. Needed are the likes of these Debian packages:" "$@" "and a C compiler"
  command=$(elsewhere)
  [ -z "$command" ] || say "Perhaps (not tested, on this system):" "$command"
}

# need PACKAGE...: installs those that are missing; quick when none is. What cannot be installed is
# told, and we go on: it may be there in another form, and the build knows best.
need() {
  have dpkg-query && have apt-get || {
    [ -f "$root/build/CMakeCache.txt" ] || without_apt "$@"
    return 0
  }
  wanted=$(missing "$@" $(compiler_packages))
  [ -n "$wanted" ] || return 0
  set -- $wanted
  say "Installing:" "$@"
  # Are the package lists there, and do they know these?
  apt-get -s install --no-install-recommends "$@" >/dev/null 2>&1 || apt update || :
  apt_install "$@" || { apt update && apt_install "$@"; } ||
    say "Could not install them. As root: apt-get install --no-install-recommends" "$@"
}

# onnx_runtime: ONNX Runtime for Node and for browsers into build/onnxruntime, where npm is there to
# install it: tests run in it what mah writes.
onnx_runtime() {
  runtime=$root/build/onnxruntime
  have npm && [ ! -d "$runtime/node_modules/onnxruntime-web" ] || return 0
  say "Installing ONNX Runtime 1.20.1 (npm)"
  mkdir -p "$runtime" &&
    npm install --prefix "$runtime" --ignore-scripts --no-audit --no-fund --silent \
      onnxruntime-node@1.20.1 onnxruntime-web@1.20.1 </dev/null >&2 ||
    say "Could not install it: its tests are skipped"
}

# -- Build ----------------------------------------------------------------------------------------

# cached DIR NAME: the value of NAME in a configured build.
cached() { sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt"; }

# configured DIR -DNAME=VALUE...: is it, with these values, and for this checkout?
configured() {
  dir=$1
  shift
  [ -f "$dir/CMakeCache.txt" ] && [ "$(cached "$dir" CMAKE_HOME_DIRECTORY)" = "$root" ] || return 1
  for setting; do
    setting=${setting#-D}
    name=${setting%%=*}
    [ "$(cached "$dir" "${name%%:*}")" = "${setting#*=}" ] || return 1
  done
}

# build DIR -DNAME=VALUE...: configures where something changed, and builds.
build() {
  have cmake || { say "cmake is missing"; return 1; }
  if ! configured "$@"; then
    dir=$1
    shift
    if [ -f "$dir/CMakeCache.txt" ] && [ "$(cached "$dir" CMAKE_HOME_DIRECTORY)" != "$root" ]; then
      rm -rf "$dir/CMakeCache.txt" "$dir/CMakeFiles" # the build was copied from elsewhere
    fi
    generator=
    [ -f "$dir/CMakeCache.txt" ] || ! have ninja || generator=-GNinja
    log=$(cmake -S "$root" -B "$dir" $generator "$@" 2>&1) || {
      say "$log"
      rm -f "$dir/CMakeCache.txt" # so that the next run configures again
      return 1
    }
    set -- "$dir"
  fi
  cmake --build "$1" -j "$(getconf _NPROCESSORS_ONLN)" >&2
}

# -- Another build --------------------------------------------------------------------------------

# program_in PLACE: the absolute path of a built mah: in a checkout, a build folder, or itself.
program_in() {
  for program in "$1/build/mah" "$1/mah" "$1"; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    echo "$(cd "$(dirname "$program")" && pwd -P)/$(basename "$program")"
    return
  done
  say "$1: there is neither $1/build/mah nor $1/mah: is that build there, and done?"
  return 1
}
