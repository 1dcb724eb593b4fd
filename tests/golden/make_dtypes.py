"""Writes dtypes.lua: what PyTorch makes of float16, bfloat16 and bool, and NumPy of integers.

    /usr/bin/python3 make_dtypes.py > dtypes.lua        # torch 1.13, numpy 1.24

Numbers are Lua's: nan, inf are (0/0), (1/0).
"""

import numpy as np
import torch

DTYPES = ["bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64"]


def number(x):
    if isinstance(x, bool):
        return "true" if x else "false"
    if x != x:
        return "0/0"
    if x in (float("inf"), float("-inf")):
        return "1/0" if x > 0 else "-1/0"
    return repr(int(x)) if x == int(x) and abs(x) < 2**53 else repr(x)


def numbers(xs):
    return "{ " + ", ".join(number(x) for x in xs) + " }"


def promotions():
    print("  promotions = {")
    for a in DTYPES:
        row = []
        for b in DTYPES:
            t = torch.promote_types(getattr(torch, a), getattr(torch, b))
            row.append('"%s"' % str(t).split(".")[1])
        print("    %s = { %s }," % (a, ", ".join(row)))
    print("  },")


def halves():
    rng = np.random.RandomState(1)
    x = rng.randn(12) * np.exp(rng.randn(12) * 2)
    y = rng.randn(12) * np.exp(rng.randn(12))
    print("  x = %s,\n  y = %s," % (numbers(x.tolist()), numbers(y.tolist())))
    for name in ["float16", "bfloat16"]:
        a, b = (torch.from_numpy(v).to(getattr(torch, name)) for v in (x, y))
        print("  %s = {" % name)
        for op in ["add", "sub", "mul", "div", "maximum"]:
            print("    %s = %s," % (op, numbers(getattr(torch, op)(a, b).tolist())))
        for op in ["exp", "neg", "abs", "floor"]:
            print("    %s = %s," % (op, numbers(getattr(torch, op)(a.float()).to(a.dtype).tolist())))
        for op in ["lt", "eq"]:
            print("    %s = %s," % (op, numbers(getattr(torch, op)(a, b).tolist())))
        print("    sorted = %s," % numbers(torch.sort(a.float())[0].tolist()))
        exact = a.double().view(3, 4).sum(1).to(a.dtype) # rounded once
        print("    sum = %s," % numbers(exact.tolist()))
        print("  },")


def integers():
    print("  integers = {")
    with np.errstate(all="ignore"):
        for name in ["uint8", "int32", "int64"]:
            info = np.iinfo(name)
            a = np.array([info.max, info.min, info.max - 1, 7, 3], name)
            b = np.array([1, 1, 3, 5, 2], name)
            print("    %s = {" % name)
            print("      a = { %s }," % ", ".join("%dLL" % v for v in a))
            print("      b = { %s }," % ", ".join("%dLL" % v for v in b))
            for op, f in [("add", np.add), ("sub", np.subtract), ("mul", np.multiply),
                          ("pow", np.power), ("remainder", np.remainder)]:
                print("      %s = { %s }," % (op, ", ".join("%dLL" % v for v in f(a, b))))
            for op, f in [("neg", np.negative), ("abs", np.abs), ("square", np.square)]:
                print("      %s = { %s }," % (op, ", ".join("%dLL" % v for v in f(a))))
            wide = a.astype("int64")
            print("      sum = %dLL," % wide.sum())
            print("      cumsum = { %s }," % ", ".join("%dLL" % v for v in wide.cumsum()))
            print("    },")
    print("  },")


def indices():
    x = np.arange(24.0).reshape(2, 3, 4)
    r, c = np.array([1, 0, -1]), np.array([[0], [2]])
    mask = x[0, :, 0] > 2
    cases = [
        ("{ r }", x[r]), ("{ {}, r }", x[:, r]), ("{ {}, c, {} }", x[:, c]),
        ("{ r, r }", x[r, r]), ("{ r, c }", x[r, c]), ("{ {}, r, c }", x[:, r, c]),
        ("{ r, {}, r }", x[r, :, r]), ("{ {}, mask }", x[:, mask]),
        ("{ r, {}, { 2, 3 } }", x[r, :, 1:3]), ("{ 2, {}, r }", x[1][:, r]),
        ("{ {}, {}, c }", x[:, :, c]),
    ]
    print("  indices = { -- of arange(0, 23) as 2 x 3 x 4")
    for text, result in cases:
        print('    { "%s", { %s }, %s },' % (text, ", ".join(map(str, result.shape)),
                                          numbers(result.ravel().tolist())))
    print("  },")


print("-- Written by make_dtypes.py.\nreturn {")
promotions()
halves()
integers()
indices()
print("}")
