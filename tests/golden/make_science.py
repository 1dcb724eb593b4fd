"""Makes tests/golden/numpy/fft.npz, special.npz ...: what NumPy and SciPy answer.

    /usr/bin/python3 tests/golden/make_science.py        (NumPy 1.24.2, SciPy 1.10.1)
"""

import os

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy")


def save(name, **arrays):
    np.savez_compressed(os.path.join(HERE, name + ".npz"), **arrays)


# -- Fourier transforms ----------------------------------------------------------------------------

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 31, 37, 47, 64, 77, 100, 135, 144, 222]


def fft():
    rng = np.random.RandomState(11)
    arrays = dict(lengths=np.array(LENGTHS, np.int32))
    x, y = rng.randn(222), rng.randn(222)
    arrays.update(x=x, y=y)
    for n in LENGTHS:
        z = np.fft.fft(x[:n] + 1j * y[:n])
        arrays["c%d_re" % n], arrays["c%d_im" % n] = z.real, z.imag
    b, c = rng.randn(3, 10, 5), rng.randn(3, 10, 5)
    arrays.update(b=b, c=c)
    for axis in range(3):
        for n in (4, 13):
            z = np.fft.fft(b + 1j * c, n=n, axis=axis, norm="ortho")
            name = "b%d_%d" % (axis + 1, n)
            arrays[name + "_re"], arrays[name + "_im"] = z.real, z.imag
            arrays[name + "_irfft"] = np.fft.irfft(b + 1j * c, n=n, axis=axis)
    for name in ("fft2", "ifft2", "rfft2"):
        z = getattr(np.fft, name)(b) if name == "rfft2" else getattr(np.fft, name)(b + 1j * c)
        arrays[name + "_re"], arrays[name + "_im"] = z.real, z.imag
    arrays["irfft2"] = np.fft.irfft2(b + 1j * c)
    for n in (1, 2, 7, 8):
        arrays["fftfreq%d" % n], arrays["rfftfreq%d" % n] = np.fft.fftfreq(n, 0.1), np.fft.rfftfreq(n, 0.1)
    arrays["fftshift"], arrays["ifftshift"] = np.fft.fftshift(b), np.fft.ifftshift(b)
    arrays["fftshift2"], arrays["ifftshift2"] = np.fft.fftshift(b, 1), np.fft.ifftshift(b, 2)
    save("fft", **arrays)


if __name__ == "__main__":
    fft()
