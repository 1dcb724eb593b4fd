"""Makes tests/golden/numpy: what NumPy answers, for the specs of the tensor and data wings.

    /usr/bin/python3 tests/golden/numpy_golden.py        (NumPy 1.24.2 made what is checked in)

Arrays named x, a, b ... are inputs, the others NumPy's results. Files in numpy/files are there to be
read, in every form that NumPy writes.
"""

import json
import os
import struct
import zipfile

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy")
FILES = os.path.join(HERE, "files")


def save(name, **arrays):
    np.savez(os.path.join(HERE, name + ".npz"), **arrays)


# -- random --------------------------------------------------------------------------------------


def random():
    arrays = {}
    for seed in (0, 1, 42, 4294967295):
        name = "s%d_" % seed
        new = lambda: np.random.RandomState(seed)
        arrays[name + "random"] = new().random_sample(700)  # past one block of 624 words
        arrays[name + "uniform"] = new().uniform(-2, 3, (3, 4))
        arrays[name + "uniform32"] = new().uniform(-2, 3, (3, 4)).astype(np.float32)
        arrays[name + "normal"] = new().normal(1.5, 2, 11)
        arrays[name + "randint"] = new().randint(0, 10, 20).astype(np.int32)
        arrays[name + "wide"] = new().randint(-5, 1000000, 20).astype(np.int32)
        arrays[name + "full"] = new().randint(-(2**31), 2**31, 5).astype(np.int32)
        arrays[name + "permutation"] = new().permutation(17).astype(np.int32)
        rows = np.arange(21, dtype=np.float32).reshape(7, 3)
        new().shuffle(rows)
        arrays[name + "rows"] = rows
        rng = new()
        mixed = [rng.normal(), rng.uniform(), float(rng.randint(0, 100)), rng.normal(), rng.normal()]
        arrays[name + "mixed"] = np.array(mixed + list(rng.permutation(3)))
    save("random", **arrays)


# -- order, sets, positions ------------------------------------------------------------------------


def order():
    rng = np.random.RandomState(3)
    x = rng.randn(4, 70).astype(np.float32)
    x[1, 5] = x[2, 0] = np.nan
    x[0, :3] = [0.0, -0.0, 0.0]
    k = rng.randint(-3, 4, (5, 60)).astype(np.int32)
    d = rng.randn(300)
    d[7] = np.inf
    arrays = dict(x=x, k=k, d=d)
    arrays["x_sort2"] = np.sort(x, axis=1)
    arrays["x_sort1"] = np.sort(x, axis=0)
    arrays["x_argsort2"] = np.argsort(x, axis=1, kind="stable")
    arrays["k_argsort1"] = np.argsort(k, axis=0, kind="stable")
    arrays["k_argsort2_descending"] = np.argsort(-k, axis=1, kind="stable")
    arrays["d_sort"] = np.sort(d)
    arrays["x_unique"], arrays["x_counts"] = np.unique(x, return_counts=True)
    u, inverse, counts = np.unique(k, return_inverse=True, return_counts=True)
    arrays.update(k_unique=u, k_inverse=inverse.reshape(k.shape), k_counts=counts)
    labels = rng.randint(0, 7, 50).astype(np.int32)
    w = rng.rand(50)
    arrays.update(labels=labels, w=w, bincount=np.bincount(labels, minlength=9))
    arrays["bincount_w"] = np.bincount(labels, weights=w)
    h = rng.randn(1000).astype(np.float32)
    arrays["h"] = h
    arrays["h_counts"], arrays["h_edges"] = np.histogram(h)
    arrays["h_counts17"], arrays["h_edges17"] = np.histogram(h, 17, range=(-1, 2))
    arrays["h_counts_edges"], _ = np.histogram(h, [-2, -1, 0, 0.25, 3])
    eighths = np.arange(41) / 8  # elements on the edges
    arrays.update(eighths=eighths, eighths_counts=np.histogram(eighths, 10)[0])
    f = rng.randn(6, 9)
    f32 = f.astype(np.float32)
    arrays.update(f=f, f32=f32, f_median=np.median(f), f_median1=np.median(f, axis=0))
    arrays["f_q"] = np.quantile(f, [0, 0.1, 0.25, 0.5, 0.77, 1])
    arrays["f_q1"] = np.quantile(f, [0.1, 0.6], axis=0)
    arrays["f_q2"] = np.quantile(f, 0.3, axis=1)
    arrays["f32_q2"] = np.quantile(f32, 0.3, axis=1)
    arrays["k_median2"] = np.median(k, axis=1)
    save("order", **arrays)


def positions():
    rng = np.random.RandomState(4)
    x = rng.randn(5, 6, 3).astype(np.float32)
    p = rng.randint(0, 6, 9).astype(np.int32)
    g = rng.randint(0, 6, (5, 4, 3)).astype(np.int32)
    arrays = dict(x=x, p=p + 1, g=g + 1)
    arrays["select2"] = np.take(x, p, axis=1)
    arrays["gather2"] = np.take_along_axis(x, g, axis=1)
    y = rng.randn(5, 4, 3).astype(np.float32)
    added = x.copy()
    i, _, c = np.indices(g.shape)
    np.add.at(added, (i, g, c), y)
    rows = rng.randn(5, 9, 3).astype(np.float32)
    rows_added = x.copy()
    np.add.at(rows_added, (slice(None), p), rows)
    arrays.update(y=y, scatter2=added, rows=rows, index_add2=rows_added)
    arrays["positive"] = x[x > 0]
    arrays["masked_row"] = x[np.broadcast_to(np.array([1, 0, 1], bool), x.shape)]
    arrays["nonzero"] = np.argwhere(x > 1) + 1
    arrays["cat1"] = np.concatenate([x, 2 * x, x[:2]], axis=0)
    arrays["cat3"] = np.concatenate([x, x[:, :, :1]], axis=2)
    arrays["stack2"] = np.stack([x, -x], axis=1)
    save("positions", **arrays)


# -- making, views, choices ------------------------------------------------------------------------


def shapes():
    rng = np.random.RandomState(6)
    x = rng.randn(2, 3, 4)
    m, y = rng.randn(4, 4), rng.randn(3, 4)
    arrays = dict(x=x, m=m, y=y)
    arrays.update(arange=np.arange(1, 8), down=np.arange(5, 0, -2))
    arrays["arange_step"] = np.arange(2, 3.01, 0.25)
    arrays.update(linspace=np.linspace(-1, 2, 7), eye=np.eye(3), eye_wide=np.eye(2, 4))
    arrays["full"] = np.full((2, 3), 2.5)
    arrays["reshape"], arrays["reshape_t"] = x.reshape(4, 6), x.transpose(2, 0, 1).reshape(8, 3)
    arrays["permute"], arrays["transpose"] = x.transpose(2, 0, 1), x.swapaxes(0, 2)
    arrays["t"], arrays["narrow"], arrays["select"] = m.T, x[:, 1:3], x[:, 1]
    arrays["ranges"], arrays["steps"] = x[0:1, :, 1:3], x[1, ::2, -2:]
    arrays["item"], arrays["row"] = x[1, 2, 3], x[-1]
    arrays["squeeze"], arrays["unsqueeze"] = x[:1].squeeze(0), x[:, None]
    arrays["expand"] = np.broadcast_to(y[:, :1], (2, 3, 4))
    arrays["diag"], arrays["diag_of"] = np.diag(m), np.diag(m[0])
    arrays["flatten"], arrays["flatten2"] = x.transpose(2, 1, 0).ravel(), x.reshape(2, 12)
    parts = np.array_split(m, 2, axis=1)
    arrays.update(part1=parts[0], part2=parts[1], split3=m[3:])
    arrays["where"], arrays["where_number"] = np.where(x > y, x, y), np.where(x > 0, x, -1)
    arrays["clamp"], arrays["clamp_low"] = np.clip(x, -0.5, 0.75), np.clip(x, 0.1, None)
    arrays["lerp"], arrays["axpy"], arrays["add_scaled"] = x + 0.3 * (y - x), x - 1.5 * y, x + 2 * y
    arrays["integers"] = x.astype(np.int32)
    order = np.argsort(-m, axis=1, kind="stable")[:, :2]
    arrays["topk"], arrays["topk_places"] = np.take_along_axis(m, order, 1), order + 1
    arrays["equal"] = (x == x[::-1]).astype(np.uint8)
    save("shapes", **arrays)


# -- linear algebra --------------------------------------------------------------------------------


def linalg():
    rng = np.random.RandomState(5)
    a, b, tall = rng.randn(6, 6), rng.randn(6, 3), rng.randn(9, 4)
    spd = a @ a.T + np.eye(6)
    arrays = dict(a=a, b=b, tall=tall, spd=spd, wide=tall.T.copy())
    arrays["solve"], arrays["solve1"] = np.linalg.solve(a, b), np.linalg.solve(a, b[:, 0])
    arrays["inv"], arrays["det"] = np.linalg.inv(a), np.linalg.det(a)
    arrays["cholesky"] = np.linalg.cholesky(spd)
    arrays["q"], arrays["r"] = np.linalg.qr(tall)
    arrays["wide_q"], arrays["wide_r"] = np.linalg.qr(tall.T)
    arrays["s"] = np.linalg.svd(tall, compute_uv=False)
    arrays["eigh"] = np.linalg.eigvalsh(spd)
    w = np.linalg.eigvals(a)
    w = w[np.lexsort((w.imag, w.real))]
    arrays.update(eig_re=w.real, eig_im=w.imag)
    y, y2 = rng.randn(9), rng.randn(9, 2)
    low = tall.copy()
    low[:, 3] = low[:, 0] + low[:, 1]  # rank 3
    arrays.update(y=y, y2=y2, low=low)
    arrays["lstsq"] = np.linalg.lstsq(tall, y, rcond=None)[0]
    arrays["lstsq2"] = np.linalg.lstsq(tall, y2, rcond=None)[0]
    arrays["lstsq_wide"] = np.linalg.lstsq(tall.T, y[:4], rcond=None)[0]
    x, _, rank, _ = np.linalg.lstsq(low, y, rcond=None)
    arrays.update(lstsq_low=x, low_rank=rank)
    arrays["pinv"], arrays["pinv_low"] = np.linalg.pinv(tall), np.linalg.pinv(low)
    arrays["cond"] = np.linalg.cond(a)
    arrays["ab"], arrays["va"], arrays["av"] = a @ b, b[:, 0] @ a, a @ b[:, 0]
    arrays["outer"], arrays["dot"] = np.outer(y, y[:4]), y @ y
    batch = rng.randn(2, 1, 3, 4)
    other = rng.randn(5, 4, 2)
    arrays.update(batch=batch, other=other, batches=batch @ other)
    arrays["batch_matrix"] = batch @ other[0]
    save("linalg", **arrays)


# -- files -----------------------------------------------------------------------------------------


def npy(name, array, version=None):
    with open(os.path.join(FILES, name + ".npy"), "wb") as f:
        np.lib.format.write_array(f, array, version=version)


def files():
    os.makedirs(FILES, exist_ok=True)
    x = np.array([[0, 1, 2], [3, 100, 127]])
    for dtype in "<f4 >f4 <f8 >f8 <i4 >i4 |u1 |i1 <i2 >i2 <u2 <i8 >i8 <u8 <u4 <f2 >f2 |b1".split():
        name = {"<": "little", ">": "big", "|": "one"}[dtype[0]] + "_" + dtype[1:]
        npy(name, x.astype(dtype))
    npy("fortran", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)))
    npy("scalar", np.float64(2.5))
    npy("empty", np.zeros((0, 3), np.float32))
    npy("version2", x.astype("<f4"), (2, 0))
    npy("version3", x.astype("<f4"), (3, 0))
    npy("half", np.array([0.0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, np.inf, -np.inf, np.nan], np.float16))
    npy("large_i8", np.array([1, 2**31], np.int64))
    npy("large_u8", np.array([2**64 - 1], np.uint64))
    npy("complex", np.array([1j]))
    npy("text", np.array(["ab"]))
    npy("records", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
    with open(os.path.join(FILES, "objects.npy"), "wb") as f:
        np.save(f, np.array([None, {}], object), allow_pickle=True)
    np.savez(os.path.join(FILES, "stored.npz"), first=x.astype("<f4"), second=np.arange(5.0))
    np.savez_compressed(os.path.join(FILES, "packed.npz"), x.astype("<i4"), named=np.zeros((50, 50)))
    safetensors()


def odd():
    """One array among members that a tensor cannot hold, or that are no arrays."""
    path = os.path.join(FILES, "odd.npz")
    np.savez(path, x=np.arange(6.0).reshape(2, 3), label=np.array(["cat", "dog"]), id=np.array([2**40, -1]),
             deep=np.zeros((1,) * 9))
    with zipfile.ZipFile(path, "a") as z:
        for name, text in ("d/", ""), ("README.txt", "what this is\n"):
            z.writestr(zipfile.ZipInfo(name), text)
        z.writestr(zipfile.ZipInfo("bzipped.npy"), b"whatever", zipfile.ZIP_BZIP2)


def safetensors():
    """By the format's own description: no library of it is at hand."""
    a = np.arange(6, dtype="<f4").reshape(2, 3)
    b = np.array([1, 2**31 - 1], "<i8")
    bf16 = np.array([0x3F80, 0xC040], "<u2")  # 1, -3
    parts = [("a", "F32", a), ("b", "I64", b), ("h", "BF16", bf16), ("s", "F64", np.array(2.5))]
    header, at = {"__metadata__": {"made by": "hand"}}, 0
    for name, dtype, array in parts:
        end = at + array.nbytes
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    with open(os.path.join(FILES, "hand.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(p[2].tobytes() for p in parts))


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    random()
    order()
    positions()
    shapes()
    linalg()
    files()
    odd()
