#!/bin/sh
# blas_nan.sh - with Debian's four libblas.so.3, one and the same program sees a NaN or does not.
#
# Versions:    libblas3 3.11.0-2 (reference), libatlas3-base 3.10.3-13, libblis4-serial 0.9.0-1,
#              libopenblas0-pthread 0.3.21+ds-4 (Debian 12, amd64).
# Expectation: update-alternatives may exchange them; they differ in speed and in the last bits.
# Guess:       0 * Inf and 0 * NaN give NaN in each routine, in all four.
# Behaviour:   each library leaves products with 0 out somewhere, and no two do it in the same
#              places:
#                dscal  0 * Inf, 0 * NaN              left out by BLIS and OpenBLAS
#                dger   Inf * 0 in x y'               by all but OpenBLAS
#                dgemv  0 times a column with NaN     by BLIS only
#                dtrsm  NaN times a solved 0          by the reference only
#                idamax of 1, NaN, 3 and of 1, 3, NaN (1-based): 3 2 (reference, ATLAS), 2 3 (BLIS),
#                2 2 (OpenBLAS)
# Output:      see `wanted` below, one line a library.
# For users:   "no NaN came out" is no proof that none went in: look at the weights, or test the
#              inputs.
set -eu
wanted='reference: dscal nan nan, dger 0, dgemv nan, dtrsm 1, idamax 3 2
atlas: dscal nan nan, dger 0, dgemv nan, dtrsm nan, idamax 3 2
blis: dscal 0 0, dger 0, dgemv 3, dtrsm nan, idamax 2 3
openblas: dscal 0 0, dger nan, dgemv nan, dtrsm nan, idamax 2 2'

for tool in dpkg-deb cc; do
  command -v $tool >/dev/null || { echo "blas_nan: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libblas3=3.11.0-2 libatlas3-base=3.10.3-13 \
  libblis4-serial=0.9.0-1 libopenblas0-pthread=0.3.21+ds-4 libgfortran5=12.2.0-14+deb12u1 \
  libquadmath0=12.2.0-14+deb12u1
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >nan.c <<'C'
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>

static void *library;
static void *routine(const char *name) { return dlsym(library, name); }
/* The sign of a NaN and of a zero differs between machines and is not the point. */
static const char *show(double x) {
  static char text[4][32];
  static int next;
  char *at = text[next++ % 4];
  isnan(x) ? snprintf(at, 32, "nan") : snprintf(at, 32, "%g", x == 0 ? 0.0 : x);
  return at;
}

int main(int count, char **arguments) {
  (void)count;
  library = dlopen(arguments[1], RTLD_NOW);
  if (!library) return fprintf(stderr, "%s\n", dlerror()), 2;
  void (*scal)(int *, double *, double *, int *) = routine("dscal_");
  void (*ger)(int *, int *, double *, double *, int *, double *, int *, double *, int *) =
      routine("dger_");
  void (*gemv)(char *, int *, int *, double *, double *, int *, double *, int *, double *, double *,
               int *) = routine("dgemv_");
  void (*trsm)(char *, char *, char *, char *, int *, int *, double *, double *, int *, double *,
               int *) = routine("dtrsm_");
  int (*amax)(int *, double *, int *) = routine("idamax_");

  int one = 1, two = 2, three = 3;
  double zero = 0, unit = 1;
  double scaled[] = {INFINITY, NAN};
  scal(&two, &zero, scaled, &one);
  double column[] = {1, INFINITY}, row[] = {0, 2}, outer[4] = {0};
  ger(&two, &two, &unit, column, &one, row, &one, outer, &two);
  double matrix[] = {1, NAN, 2, 3}, vector[] = {0, 1}, product[] = {7, 7};
  gemv("N", &two, &two, &unit, matrix, &two, vector, &one, &zero, product, &one);
  double lower[] = {1, NAN, 0, 1}, solved[] = {0, 1};
  trsm("L", "L", "N", "U", &two, &one, &unit, lower, &two, solved, &two);
  double middle[] = {1, NAN, 3}, last[] = {1, 3, NAN};
  printf("dscal %s %s, ", show(scaled[0]), show(scaled[1]));
  printf("dger %s, dgemv %s, dtrsm %s, ", show(outer[1]), show(product[1]), show(solved[1]));
  printf("idamax %d %d\n", amax(&three, middle, &one), amax(&three, last, &one));
  return 0;
}
C
cc -O1 nan.c -o nan -ldl
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$libraries:$libraries/atlas" OPENBLAS_NUM_THREADS=1

seen=$(for pair in reference:blas atlas:atlas blis:blis-serial openblas:openblas-pthread; do
  printf '%s: ' "${pair%:*}"
  ./nan "$libraries/${pair#*:}/libblas.so.3"
done)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "blas_nan: this has changed" >&2; exit 1; }
