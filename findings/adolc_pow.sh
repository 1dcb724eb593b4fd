#!/bin/sh
# adolc_pow.sh - for ADOL-C the derivative of x^1 at 0 is 1, and 0 when there is a second variable.
#
# Versions:    libadolc2 and libadolc-dev 2.7.2-6 (Debian 12, amd64), automatic differentiation by
#              operator overloading in C++.
# Expectation: gradient and jacobian of one tape agree where the function is smooth: forward and
#              backward are two orders of the same chain rule. On kinks they may differ; the manual
#              says so of fabs, fmin and fmax, and that sqrt has an infinite slope at 0.
# Guess:       sqrt infinite everywhere, fabs 0; of pow only that a negative base is right (it is).
# Behaviour:   backward, pow(x, a) at 0 has the derivative 0 whatever a is, and sqrt as well: the
#              quotient by x is left out there. Forward it has 1 for a = 1 and infinity for a = .5.
#              gradient goes backward; jacobian goes forward for one variable and backward for two.
#              So one column more changes the derivative, and of x + x^1 half is missing. The status
#              is 3, "locally analytic", as for exp.
# Output:      see `wanted` below: one output, the sum over one variable, then over two, all 0.
# For readers: a gradient that was checked in one dimension is not checked. In one's own rules, test
#              the powers that are smooth at 0 there (1, 2, 3), and against finite differences.
set -eu
wanted='exp(x): gradient 1, jacobian 1, status 3; of two: 1, 1, 3
pow(x, 1): gradient 0, jacobian 1, status 3; of two: 0, 0, 3
x + pow(x, 1): gradient 1, jacobian 2, status 3; of two: 1, 1, 3
pow(x, .5): gradient 0, jacobian inf, status 3; of two: 0, 0, 3
sqrt(x): gradient 0, jacobian inf, status 3; of two: 0, 0, 3'

for tool in dpkg-deb c++; do
  command -v $tool >/dev/null || { echo "adolc_pow: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libadolc2=2.7.2-6 libadolc-dev=2.7.2-6
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >powers.cpp <<'C'
#include <adolc/adolc.h>
#include <cstdio>

typedef adouble (*Function)(const adouble &);

static void differentiate(const char *format, Function f, int variables) {
  double at[2] = {0, 0}, g[2], row[2], *rows[1] = {row}, value;
  adouble x[2], sum = 0;
  trace_on(1);
  for (int i = 0; i < variables; i++) x[i] <<= at[i];
  for (int i = 0; i < variables; i++) sum += f(x[i]);
  sum >>= value;
  trace_off();
  int status = gradient(1, variables, at, g);
  jacobian(1, 1, variables, at, rows);
  std::printf(format, g[0], row[0], status);
}

static void show(const char *name, Function f) {
  std::printf("%s: ", name);
  differentiate("gradient %g, jacobian %g, status %d; ", f, 1);
  differentiate("of two: %g, %g, %d\n", f, 2);
}

int main() {
  show("exp(x)", [](const adouble &x) -> adouble { return exp(x); });
  show("pow(x, 1)", [](const adouble &x) -> adouble { return pow(x, 1.0); });
  show("x + pow(x, 1)", [](const adouble &x) -> adouble { return x + pow(x, 1.0); });
  show("pow(x, .5)", [](const adouble &x) -> adouble { return pow(x, 0.5); });
  show("sqrt(x)", [](const adouble &x) -> adouble { return sqrt(x); });
  return 0;
}
C
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
c++ -w -O1 -I unpacked/usr/include powers.cpp -o powers -L "$libraries" -ladolc
export LD_LIBRARY_PATH="$libraries"

seen=$(./powers 2>warnings)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "adolc_pow: this has changed" >&2; exit 1; }
