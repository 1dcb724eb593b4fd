#!/bin/sh
# aarch64.sh - builds Mah for aarch64 and runs the core's tests under qemu-user.
#
#   tests/cross/aarch64.sh                            # in build-aarch64/
#   tests/cross/aarch64.sh FOLDER -R 'sparse|mlp'     # elsewhere; the rest goes to ctest
#
# Needs Debian: installs the cross compiler and the emulator, and unpacks the arm64 libraries into
# FOLDER without installing them. The last line is "N passed, N failed, 2 skipped".
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
. "$root/scripts/setup.sh"
folder=${1:-$root/build-aarch64}
[ $# = 0 ] || shift
need cmake ninja-build pkg-config gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
sysroot=$folder/sysroot

# -- The libraries, with lists of packages of our own ---------------------------------------------

libraries="libopenblas0-pthread libopenblas-pthread-dev liblapacke liblapacke-dev liblapack3
  libtmglib3 libgfortran5 libpng16-16 libpng-dev zlib1g zlib1g-dev libcmocka0
  libcmocka-dev libluajit-5.1-2 libluajit-5.1-dev libedit2 libedit-dev libtinfo6 libbsd0 libmd0
  libncurses-dev libbsd-dev libmd-dev libncurses6"

if [ ! -d "$sysroot" ]; then
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" "$folder/debs"
  arm_apt() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 \
      -o APT::Sandbox::User=root -o Dir::State::status=/dev/null \
      -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt" "$@"
  }
  arm_apt update
  (cd "$folder/debs" && arm_apt download $libraries)
  for deb in "$folder"/debs/*.deb; do dpkg -x "$deb" "$sysroot.part"; done
  arm=$sysroot.part/usr/lib/aarch64-linux-gnu # what Debian's alternatives would choose:
  ln -s "../openblas-pthread/pkgconfig/blas-openblas.pc" "$arm/pkgconfig/blas.pc"
  ln -s "../openblas-pthread/pkgconfig/lapack-openblas.pc" "$arm/pkgconfig/lapack.pc"
  mv "$sysroot.part" "$sysroot"
fi

# -- Build and test -------------------------------------------------------------------------------

arm=$sysroot/usr/lib/aarch64-linux-gnu
places="$sysroot/lib/aarch64-linux-gnu $arm $arm/openblas-pthread $arm/lapack"
link= path=/usr/aarch64-linux-gnu/lib
for place in $places; do link="$link -L$place -Wl,-rpath-link,$place" path=$path:$place; done

export PKG_CONFIG_SYSROOT_DIR="$sysroot"
export PKG_CONFIG_LIBDIR="$arm/pkgconfig:$arm/openblas-pthread/pkgconfig"
build "$folder/build" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
  -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_FIND_ROOT_PATH="$sysroot" \
  -DCMAKE_EXE_LINKER_FLAGS="$link" -DCMAKE_SHARED_LINKER_FLAGS="$link" \
  -DCMAKE_CROSSCOMPILING_EMULATOR="qemu-aarch64;-L;/usr/aarch64-linux-gnu;-E;LD_LIBRARY_PATH=$path" \
  -DCMAKE_BUILD_TYPE=Release -DMAH_TESTS=ON
cd "$folder/build"
# The emulator takes limits of memory for its own (sweep/worker), and starts no threads in a forked
# child (base/parallel).
echo "skipped under the emulator: sweep/worker, base/parallel"
ctest --timeout 900 -E '^(sweep/worker|base/parallel)$' "$@" >ctest.log 2>&1 || :
grep -E '^ *[0-9]+/[0-9]+ .*\*\*\*' ctest.log || :
passed=$(grep -cE '^ *[0-9]+/[0-9]+ .* Passed ' ctest.log) || :
failed=$(grep -cE '^ *[0-9]+/[0-9]+ .*\*\*\*' ctest.log) || :
echo "$passed passed, $failed failed, 2 skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
