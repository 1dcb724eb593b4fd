"""Prints how many microseconds scipy.ndimage takes to deform an image of 28 x 28 by an elastic field: for
augment.lua.

    /usr/bin/python3 tests/bench/augment_scipy.py IMAGES
"""
import sys
import time

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

count = int(sys.argv[1])
rng = np.random.default_rng(0)
images = rng.random((count, 28, 28), dtype=np.float32)
rows, columns = np.meshgrid(np.arange(28), np.arange(28), indexing="ij")


def field():
    return gaussian_filter(rng.uniform(-1, 1, (28, 28)), 4) * 34


def deform(image):
    return map_coordinates(image, (rows + field(), columns + field()), order=1)


deform(images[0])
before = time.perf_counter()
for image in images:
    deform(image)
print((time.perf_counter() - before) / count * 1e6)
