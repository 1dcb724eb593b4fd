#!/bin/sh
# liblbfgs_value.sh - the loss that libLBFGS gives back is not that of the x that it gives back.
#
# Versions:    liblbfgs0 and liblbfgs-dev 1.10-8 (Debian 12, amd64).
# Expectation: *ptr_fx is "the final value of the objective function for the variables" (lbfgs.h),
#              that is f(x), also when the line search gives up; 0 (LBFGS_SUCCESS) means converged.
# Guess:       f(x) after a failed line search. Of NaN none was written down.
# Behaviour:   where a line search fails, x is put back to the last good point, and the value stays
#              that of the last trial: 0 for |x - .3| with x = 2 (the start), or 171 on Rosenbrock's
#              function, which is 24.2 there. And with Armijo's backtracking, a first step within a
#              linear piece (Huber's loss far from its middle) changes no slope: the library divides
#              by that change and ends with x = NaN and LBFGS_SUCCESS.
# Output:      see `wanted` below.
# For users:   evaluate at x before a loss from there is reported, and test x, not the status, for
#              NaN. For one's own: a pair (s, y) with s'y = 0 must not enter the history.
set -eu
wanted='|x - .3|, as it comes: status -1001, x 2, value 0.00, f(x) 1.70
Rosenbrock, one trial a search: status -998, x -1.2 1, value 171.34, f(x) 24.20
Huber, as it comes: status 0, x 0.3, value 0.00, f(x) 0.00
Huber, Armijo: status 0, x nan, value nan, f(x) nan'

for tool in dpkg-deb cc; do
  command -v $tool >/dev/null || { echo "liblbfgs_value: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download liblbfgs0=1.10-8 liblbfgs-dev=1.10-8
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >value.c <<'C'
#include <lbfgs.h>
#include <math.h>
#include <stdio.h>

typedef lbfgsfloatval_t Value;

static Value absolute(void *data, const Value *x, Value *g, int n, Value step) {
  (void)data, (void)n, (void)step;
  g[0] = x[0] > 0.3 ? 1 : -1;
  return fabs(x[0] - 0.3);
}

static Value huber(void *data, const Value *x, Value *g, int n, Value step) {
  (void)data, (void)n, (void)step;
  Value off = x[0] - 0.3, width = 0.1;
  g[0] = fabs(off) < width ? off / width : off > 0 ? 1 : -1;
  return fabs(off) < width ? off * off / (2 * width) : fabs(off) - width / 2;
}

static Value rosenbrock(void *data, const Value *x, Value *g, int n, Value step) {
  (void)data, (void)n, (void)step;
  Value a = 1 - x[0], b = x[1] - x[0] * x[0];
  g[0] = -2 * a - 400 * x[0] * b;
  g[1] = 200 * b;
  return a * a + 100 * b * b;
}

static const char *number(char *text, const char *format, Value x) { /* NaN without its sign */
  sprintf(text, isnan(x) ? "nan" : format, x);
  return text;
}

static void show(const char *what, lbfgs_evaluate_t f, int n, int search, int trials) {
  Value *x = lbfgs_malloc(n), value = 0, g[2];
  x[0] = n == 1 ? 2 : -1.2;
  if (n == 2) x[1] = 1;
  lbfgs_parameter_t settings;
  lbfgs_parameter_init(&settings);
  settings.linesearch = search;
  if (trials) settings.max_linesearch = trials;
  int status = lbfgs(n, x, &value, f, NULL, NULL, &settings);
  char text[3][32];
  printf("%s: status %d, x %s%s", what, status, number(text[0], "%g", x[0]), n == 2 ? " 1" : "");
  printf(", value %s, f(x) %s\n", number(text[1], "%.2f", value),
         number(text[2], "%.2f", f(NULL, x, g, n, 0)));
  lbfgs_free(x);
}

int main(void) {
  show("|x - .3|, as it comes", absolute, 1, LBFGS_LINESEARCH_DEFAULT, 0);
  show("Rosenbrock, one trial a search", rosenbrock, 2, LBFGS_LINESEARCH_DEFAULT, 1);
  show("Huber, as it comes", huber, 1, LBFGS_LINESEARCH_DEFAULT, 0);
  show("Huber, Armijo", huber, 1, LBFGS_LINESEARCH_BACKTRACKING_ARMIJO, 0);
  return 0;
}
C
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
cc -O1 -ffp-contract=off -I unpacked/usr/include value.c -o value -L "$libraries" -llbfgs -lm
export LD_LIBRARY_PATH="$libraries"

seen=$(./value)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "liblbfgs_value: this has changed" >&2; exit 1; }
