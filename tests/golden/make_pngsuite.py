"""The values that the images of PngSuite store, for tests/lua/draw/png_spec.lua: reads every image with a plain
decoder of its own, compares with Pillow, and writes the SHA-256 of the bytes that mah.image.load must give.

    /usr/bin/python3 tests/golden/make_pngsuite.py PNGSUITE >tests/golden/pngsuite.lua      (needs python3-pil)

16-bit samples become the nearest to value / 257; Pillow's may be one off, since it takes their upper half. Where Pillow
compares tRNS with samples that it has spread or cut (grey below 8 bits, 16 bits), only the colours are compared.
"""
import hashlib
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def unfilter(data, at, rows, row_bytes, pixel_bytes):
    """The rows' bytes without their filters, and where they end."""
    before, lines = bytearray(row_bytes), []
    for _ in range(rows):
        kind, line = data[at], bytearray(data[at + 1:at + 1 + row_bytes])
        for i in range(row_bytes):
            a = line[i - pixel_bytes] if i >= pixel_bytes else 0
            b, c = before[i], before[i - pixel_bytes] if i >= pixel_bytes else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + [0, a, b, (a + b) // 2, nearest][kind]) & 255
        lines.append(before := line)
        at += 1 + row_bytes
    return lines, at


def samples(lines, width, channels, depth):
    """(rows, width, channels) from packed lines."""
    rows = np.array([list(line) for line in lines], np.uint32).reshape(len(lines), -1)
    if depth == 16:
        values = rows[:, 0::2] * 256 + rows[:, 1::2]
    else:
        shifts = np.arange(8 - depth, -1, -depth)
        values = (rows[:, :, None] >> shifts & ((1 << depth) - 1)).reshape(len(lines), -1)
    return values[:, :width * channels].reshape(len(lines), width, channels)


def decode(path):
    """The image as (H, W, 1 | 3 | 4) bytes, the stored samples' depth, and whether Pillow's alpha is right."""
    found, data = {}, b""
    for kind, content in chunks(path.read_bytes()):
        data += content if kind == b"IDAT" else b""
        found[kind] = content
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", found[b"IHDR"])
    channels, raw, at = CHANNELS[color], zlib.decompress(data), 0
    stored = np.zeros((height, width, channels), np.uint32)
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        w, h = -(-(width - x) // dx), -(-(height - y) // dy)
        if w <= 0 or h <= 0:
            continue
        row_bytes = (w * channels * depth + 7) // 8
        lines, at = unfilter(raw, at, h, row_bytes, max(1, channels * depth // 8))
        stored[y::dy, x::dx] = samples(lines, w, channels, depth)
    alpha = None
    if color == 3:
        palette = np.frombuffer(found[b"PLTE"], np.uint8).reshape(-1, 3)
        if b"tRNS" in found:
            table = np.full(len(palette), 255, np.uint8)
            table[:len(found[b"tRNS"])] = list(found[b"tRNS"])
            alpha = table[stored[:, :, 0]]
        values = palette[stored[:, :, 0]]
    else:
        top = (1 << depth) - 1
        values = ((stored * 255 * 2 + top) // (2 * top)).astype(np.uint8)  # rounded
        if b"tRNS" in found:
            key = np.array(struct.unpack(f">{channels}H", found[b"tRNS"]))
            alpha = np.where((stored == key).all(2), 0, 255).astype(np.uint8)
    if values.shape[2] == 2:
        values = values[:, :, [0, 0, 0, 1]]
    if alpha is not None:
        values = np.dstack([values[:, :, [0, 0, 0]] if values.shape[2] == 1 else values, alpha])
    return values, depth, color in (3, 4, 6) and depth < 16 or depth == 8


def check_with_pillow(path, values, depth, alpha):
    image = Image.open(path)
    if image.mode.startswith("I"):  # 16-bit grey
        theirs = (np.asarray(image).astype(np.int64) / 257)[:, :, None]
        if values.shape[2] == 4:
            theirs = np.repeat(theirs, 3, 2)
    else:
        theirs = np.asarray(image.convert({1: "L", 3: "RGB", 4: "RGBA"}[values.shape[2]]), np.int64)
        theirs = theirs.reshape(values.shape)
    colors = values[:, :, :theirs.shape[2] if alpha else min(theirs.shape[2], 3)]
    theirs = theirs[:, :, :colors.shape[2]]
    assert np.abs(colors - theirs).max() <= (1 if depth == 16 else 0), path


print("-- Made by make_pngsuite.py: channels, height, width, SHA-256 of the bytes.\nreturn {")
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.png")):
    values, depth, alpha = decode(path)
    check_with_pillow(path, values, depth, alpha)
    height, width, channels = values.shape
    print(f'  ["{path.name}"] = {{ {channels}, {height}, {width},\n'
          f'    "{hashlib.sha256(values.tobytes()).hexdigest()}" }},')
print("}")
