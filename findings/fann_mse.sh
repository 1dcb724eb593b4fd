#!/bin/sh
# fann_mse.sh - FANN's mean square error is a quarter of it when the output neuron is symmetric.
#
# Versions:    libfann2 and libfann-dev 2.2.0+ds-8 (Debian 12, amd64).
# Expectation: fann_get_MSE is the mean of the squared differences, and a "bit" fails when the
#              difference is more than the limit (.35 by default: "the maximum accepted difference"
#              of its header).
# Guess:       the outputs' activation does not matter for either (some factor for symmetric ones
#              was half remembered, of failed bits nothing).
# Behaviour:   for an activation with values from -1 to 1 the difference is halved before it is
#              squared and before it is compared: the same output for the same target has a quarter
#              of the error, and an output that is .65 off does not count as failed.
# Output:      see `wanted` below: one input, target .8, output .15 by piecewise linear activations.
# For users:   desired_error and stopping by failed bits mean other things for tanh than for the
#              sigmoid or a linear output; times 4 before it stands beside another library's loss.
set -eu
wanted='linear: output 0.15, squared difference 0.4225, MSE 0.4225, failed 1
linear from 0 to 1: output 0.15, squared difference 0.4225, MSE 0.4225, failed 1
linear from -1 to 1: output 0.15, squared difference 0.4225, MSE 0.105625, failed 0'

for tool in dpkg-deb cc; do
  command -v $tool >/dev/null || { echo "fann_mse: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libfann2=2.2.0+ds-8 libfann-dev=2.2.0+ds-8
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >mse.c <<'C'
#include <fann.h>
#include <stdio.h>

static void show(const char *name, enum fann_activationfunc_enum activation) {
  struct fann *net = fann_create_standard(2, 1, 1);
  fann_set_activation_function_output(net, activation);
  fann_set_activation_steepness_output(net, 1);
  net->weights[0] = 0.1f; /* the input's */
  net->weights[1] = 0.05f; /* the bias's */
  fann_type input = 1, target = 0.8f;
  fann_type output = fann_test(net, &input, &target)[0], off = target - output;
  printf("%s: output %g, squared difference %g, MSE %g, failed %u\n", name, output, off * off,
         fann_get_MSE(net), fann_get_bit_fail(net));
  fann_destroy(net);
}

int main(void) {
  show("linear", FANN_LINEAR);
  show("linear from 0 to 1", FANN_LINEAR_PIECE);
  show("linear from -1 to 1", FANN_LINEAR_PIECE_SYMMETRIC);
  return 0;
}
C
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
cc -O1 -I unpacked/usr/include mse.c -o mse -L "$libraries" -lfann -lm
export LD_LIBRARY_PATH="$libraries"

seen=$(./mse)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "fann_mse: this has changed" >&2; exit 1; }
