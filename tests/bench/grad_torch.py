"""The gradients and the trainings of grad_speed.lua in PyTorch's eager mode: microseconds of processor time for a step,
for each round that is asked for on stdin by its kind, the name of a case and a number of steps.

    echo train small 300 | /usr/bin/python3 tests/bench/grad_torch.py 1
"""
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def parameters(*shapes):
    return [(torch.randn(*shape) / shape[0] ** 0.5).requires_grad_(True) for shape in shapes]


def cross_entropy(scores, y):  # as one writes a loss of one's own
    return (scores.logsumexp(1) - scores.gather(1, y[:, None])[:, 0]).mean()


def plain(x, p, f=torch.tanh):
    h = f(x @ p[0] + p[1])
    h = f(h @ p[2] + p[3])
    return h @ p[4] + p[5]


def residual(x, p):
    h = (x @ p[0] + p[1]).tanh()
    for i in range(2, 12, 2):
        h = h + (h @ p[i] + p[i + 1]).tanh()
    return h @ p[12] + p[13]


def stack(x, p):
    return plain(x, p, torch.relu)


small_shapes = (4, 32), (32,), (32, 16), (16,), (16, 4), (4,)
wide_shapes = (784, 64), (64,), *[s for _ in range(5) for s in ((64, 64), (64,))], (64, 10), (10,)
stack_shapes = (100, 512), (512,), (512, 512), (512,), (512, 10), (10,)


def gradient(forward, shapes, rows, classes):
    x, y, p = torch.rand(rows, shapes[0][0]), torch.randint(0, classes, (rows,)), parameters(*shapes)

    def steps(count):
        for _ in range(count):
            torch.autograd.grad(cross_entropy(forward(x, p), y), p)
    return steps


def training(forward, shapes, loss, rows, size, classes):
    x, y, p = torch.rand(rows, shapes[0][0]), torch.randint(0, classes, (rows,)), parameters(*shapes)
    solver = torch.optim.Adam(p)

    def steps(count):
        for _ in range(max(1, count * size // rows)):
            order = torch.randperm(rows)
            for first in range(0, rows, size):
                batch = order[first:first + size]
                solver.zero_grad()
                loss(forward(x[batch], p), y[batch]).backward()
                solver.step()
    return steps


entropy = torch.nn.functional.cross_entropy
runs = {
    ("gradient", "small"): gradient(plain, small_shapes, 32, 4),
    ("gradient", "residual"): gradient(residual, wide_shapes, 200, 10),
    ("gradient", "stack"): gradient(plain, stack_shapes, 200, 10),
    ("train", "small"): training(plain, small_shapes, cross_entropy, 3200, 32, 4),
    ("train", "residual"): training(residual, wide_shapes, entropy, 4000, 200, 10),
    ("train", "stack"): training(stack, stack_shapes, entropy, 4000, 200, 10),
}
warm = set()
for line in sys.stdin:
    kind, name, count = line.split()
    run, count = runs[kind, name], int(count)
    if (kind, name) not in warm:
        run(count)
        warm.add((kind, name))
    start = time.process_time()
    run(count)
    print((time.process_time() - start) / count * 1e6, flush=True)
