#!/bin/sh
# openmpi_max_nan.sh - the maximum of NaN and 1 over two ranks depends on where in the vector it is.
#
# Versions:    libopenmpi3 4.1.4-3+b1 and libmpich12 4.0.2-3+b1 (Debian 12, amd64), on a processor
#              with AVX; MPI_Reduce_local, the step that reductions are made of.
# Expectation: for MPI_MAX and MPI_MIN a NaN wins or loses, perhaps by which rank it is on (MPI 3.1
#              does not mention NaN): the same for each element, with each build.
# Guess:       NaN or 1, the same for all elements of a vector; the same for both orders at least
#              within a library.
# Behaviour:   a loop in C keeps the NaN of the first argument (inbuf) and drops that of the second.
#              Open MPI's AVX loop, which is taken by default, does it the other way round, and
#              leaves the last elements, n mod 4 floats, to the loop in C: of 37 NaN on one rank, 36
#              vanish and one stays, or 36 stay and one vanishes, by which rank is the first.
#              Without AVX (OMPI_MCA_op=^avx, an older machine) and in MPICH it is all or nothing.
#              MPI_MAXLOC drops the first in all of them; MPI_SUM has the NaN always.
# Output:      see `wanted` below: 37 floats, how many NaN come out.
# For users:   "is any rank's loss NaN" is no question for MPI_MAX of the loss: reduce a flag, or
#              the sum.
set -eu
wanted='Open MPI: NaN first 1, NaN second 36, MAXLOC 0 1, SUM 37 37
Open MPI without AVX: NaN first 37, NaN second 0, MAXLOC 0 1, SUM 37 37
MPICH: NaN first 37, NaN second 0, MAXLOC 0 1, SUM 37 37'

for tool in dpkg-deb cc; do
  command -v $tool >/dev/null || { echo "openmpi_max_nan: $tool is needed" >&2; exit 2; }
done
grep -qw avx /proc/cpuinfo ||
  { echo "openmpi_max_nan: a processor with AVX is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libopenmpi3=4.1.4-3+b1 \
  libopenmpi-dev=4.1.4-3+b1 libmpich12=4.0.2-3+b1 libmpich-dev=4.0.2-3+b1 libhwloc15=2.9.0-1 \
  libevent-core-2.1-7=2.1.12-stable-8+deb12u1 libevent-pthreads-2.1-7=2.1.12-stable-8+deb12u1 \
  libucx0=1.13.1-1 libgfortran5=12.2.0-14+deb12u1 libquadmath0=12.2.0-14+deb12u1
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >maximum.c <<'C'
#include <math.h>
#include <mpi.h>
#include <stdio.h>

enum { N = 37 };

static int nans(float first, float second, MPI_Op op) {
  float in[N], inout[N];
  for (int i = 0; i < N; i++) in[i] = first, inout[i] = second;
  MPI_Reduce_local(in, inout, N, MPI_FLOAT, op);
  int count = 0;
  for (int i = 0; i < N; i++) count += isnan(inout[i]) != 0;
  return count;
}

static int nan_by_place(float first, float second) {
  struct {
    float value;
    int rank;
  } in = {first, 0}, inout = {second, 1};
  MPI_Reduce_local(&in, &inout, 1, MPI_FLOAT_INT, MPI_MAXLOC);
  return isnan(inout.value) != 0;
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  printf("NaN first %d, NaN second %d, ", nans(NAN, 1, MPI_MAX), nans(1, NAN, MPI_MAX));
  printf("MAXLOC %d %d, ", nan_by_place(NAN, 1), nan_by_place(1, NAN));
  printf("SUM %d %d\n", nans(NAN, 1, MPI_SUM), nans(1, NAN, MPI_SUM));
  MPI_Finalize();
  return 0;
}
C
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
loose=-Wl,--unresolved-symbols=ignore-in-shared-libs
cc -O1 -I "$libraries/openmpi/include" maximum.c -o openmpi "$libraries/libmpi.so.40" $loose
cc -O1 -I unpacked/usr/include/x86_64-linux-gnu/mpich maximum.c -o mpich \
  "$libraries/libmpich.so.12" $loose
# Alone, without a launcher; the folder that Open MPI's parts are in is not where it was built for.
export LD_LIBRARY_PATH="$libraries" OMPI_MCA_ess_singleton_isolated=1 OMPI_MCA_pml=ob1 \
  OMPI_MCA_btl=self OPAL_PREFIX="$libraries/openmpi" \
  OPAL_PKGLIBDIR="$libraries/openmpi/lib/openmpi3"

seen="Open MPI: $(./openmpi)
Open MPI without AVX: $(OMPI_MCA_op=^avx ./openmpi)
MPICH: $(./mpich)"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "openmpi_max_nan: this has changed" >&2; exit 1; }
