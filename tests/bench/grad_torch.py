"""The two gradients of grad_speed.lua in PyTorch's eager mode: microseconds of processor time for a value and
gradient, for each round that
is asked for on stdin by the name of a case.

    echo small | /usr/bin/python3 tests/bench/grad_torch.py 1 300
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


def small():
    x, y = torch.randn(32, 4), torch.randint(0, 4, (32,))
    p = parameters((4, 32), (32,), (32, 16), (16,), (16, 4), (4,))

    def step():
        h = (x @ p[0] + p[1]).tanh()
        h = (h @ p[2] + p[3]).tanh()
        return torch.autograd.grad(cross_entropy(h @ p[4] + p[5], y), p)
    return step


def residual():
    x, y = torch.rand(200, 784), torch.randint(0, 10, (200,))
    p = parameters((784, 64), (64,), *[s for _ in range(5) for s in ((64, 64), (64,))], (64, 10), (10,))

    def step():
        h = (x @ p[0] + p[1]).tanh()
        for i in range(2, 12, 2):
            h = h + (h @ p[i] + p[i + 1]).tanh()
        return torch.autograd.grad(cross_entropy(h @ p[12] + p[13], y), p)
    return step


def stack():
    x, y = torch.rand(200, 100), torch.randint(0, 10, (200,))
    p = parameters((100, 512), (512,), (512, 512), (512,), (512, 10), (10,))

    def step():
        h = (x @ p[0] + p[1]).tanh()
        h = (h @ p[2] + p[3]).tanh()
        return torch.autograd.grad(cross_entropy(h @ p[4] + p[5], y), p)
    return step


steps = {"small": small(), "residual": residual(), "stack": stack()}
for line in sys.stdin:
    name, count = line.split()
    step, count = steps[name], int(count)
    for _ in range(count // 4):
        step()
    start = time.process_time()
    for _ in range(count):
        step()
    print((time.process_time() - start) / count * 1e6, flush=True)
