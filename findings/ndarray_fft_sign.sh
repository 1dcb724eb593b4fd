#!/bin/sh
# ndarray_fft_sign.sh - two packages whose forward Fourier transform turns the other way.
#
# Versions:    npm ndarray-fft 1.0.3, jsfft 0.0.4 and kissfft-js 0.1.8 (each the registry's "latest").
# Expectation: the forward transform is sum x[j] exp(-2 pi i j k / n), as in FFTW, NumPy, Matlab and the
#              textbooks: of 1, 2, 3, 4 it has -2 + 2i at k = 1.
# Guess:       all three agree, jsfft (of which the manual says nothing) perhaps with another factor.
# Behaviour:   ndarray-fft's direction 1 and jsfft's FFT() have exp(+2 pi i j k / n): the sign of every
#              imaginary part, and so each phase and the order of the frequencies, is mirrored. Amplitudes
#              and round trips hide it. jsfft divides by the root of n besides. kissfft-js is as expected.
# Output:      see `wanted` below.
# For readers: a spectrum from there is conjugated before it meets one of mah.fft (exp(-...), no factor).
set -eu
wanted='kissfft-js: -2 + 2i
ndarray-fft: -2 - 2i
jsfft: -1 - 1i'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ndarray_fft_sign: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ndarray@1.0.19 ndarray-fft@1.0.3 jsfft@0.0.4 \
  kissfft-js@0.1.8 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const ndarray = require("ndarray");
const x = [1, 2, 3, 4];
const show = (name, re, im) =>
  console.log(`${name}: ${Math.round(re)} ${im < 0 ? "-" : "+"} ${Math.abs(Math.round(im))}i`);

const { FFT } = require("kissfft-js");
const out = new FFT(4).forward(Float32Array.from(x.flatMap((v) => [v, 0])));
show("kissfft-js", out[2], out[3]);

const re = ndarray(Float64Array.from(x)), im = ndarray(new Float64Array(4));
require("ndarray-fft")(1, re, im);
show("ndarray-fft", re.get(1), im.get(1));

const { ComplexArray } = require("jsfft");
const spectrum = new ComplexArray(4).map((value, i) => { value.real = x[i]; value.imag = 0; }).FFT();
show("jsfft", spectrum.real[1], spectrum.imag[1]);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ndarray_fft_sign: this has changed" >&2; exit 1; }
