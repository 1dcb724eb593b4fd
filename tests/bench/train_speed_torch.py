"""One measurement of PyTorch for train_speed.lua: FOLDER TASK THREADS; prints one number."""
import os
import sys

folder, task, threads = sys.argv[1:4]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads

import resource
import statistics
import time

import numpy as np
import torch

torch.set_num_threads(int(threads))


def load(part):
    x, y = np.load(f"{folder}/x_{part}.npy"), np.load(f"{folder}/y_{part}.npy")
    return torch.from_numpy(x), torch.from_numpy(y.astype(np.int64))


def network(layers):
    sizes, parts = [784, *layers], []
    for inputs, units in zip(sizes, sizes[1:]):
        parts += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts, torch.nn.Linear(sizes[-1], 10))


def train(net, x, y, epochs):
    """The seconds of each epoch."""
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    loss_function, seconds = torch.nn.CrossEntropyLoss(), []
    for _ in range(epochs):
        start = time.perf_counter()
        for rows in torch.randperm(len(x)).split(200):
            adam.zero_grad()
            loss_function(net(x[rows]), y[rows]).backward()
            adam.step()
        seconds.append(time.perf_counter() - start)
    return seconds


def epoch_seconds(layers, epochs):
    return statistics.median(train(network(layers), *load("train"), epochs + 1)[1:])


def predict_seconds():
    x, _ = load("test")
    net, seconds = network((100,)), []
    with torch.no_grad():
        for _ in range(21):
            start = time.perf_counter()
            net(x).argmax(1)
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def memory():
    train(network((100,)), *load("train"), 1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


measure = {
    "row1": lambda: epoch_seconds((100,), 3),
    "row2": lambda: epoch_seconds((30,), 3),
    "row3": lambda: epoch_seconds((512, 512), 1),
    "row4": lambda: epoch_seconds((30,) * 50, 1),
    "predict": predict_seconds,
    "memory": memory,
}
print(f"{measure[task]():.6g}" if task in measure else "nan")
