"""PyTorch for train_speed.lua: FOLDER THREADS; tasks and answers as train_speed_peer.py says."""
import statistics
import sys
import time

import numpy as np
import torch

import train_speed_peer as peer

folder = sys.argv[1]
torch.set_num_threads(int(sys.argv[2]))


def load(task):
    x, y = peer.load(folder, task, "x"), peer.load(folder, task, "y")
    return torch.from_numpy(x), torch.from_numpy(y.astype(np.int64))


def network(task):
    sizes, parts = task["layers"][:-1], []
    for inputs, units in zip(sizes, sizes[1:]):
        parts += [torch.nn.Linear(inputs, units),
                  torch.nn.Tanh() if task["activation"] == "tanh" else torch.nn.ReLU()]
    return torch.nn.Sequential(*parts, torch.nn.Linear(sizes[-1], task["layers"][-1]))


def train(net, x, y, task, epochs=None):
    """The seconds of each epoch: so many, or two and more until the time is over."""
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    loss_function, seconds = torch.nn.CrossEntropyLoss(), []
    while len(seconds) < epochs if epochs else len(seconds) < 2 or sum(seconds[1:]) < task["lasts"]:
        start = time.perf_counter()
        for rows in torch.randperm(len(x)).split(task["batch"]):
            adam.zero_grad()
            loss_function(net(x[rows]), y[rows]).backward()
            adam.step()
        seconds.append(time.perf_counter() - start)
    return seconds


def epoch(task):
    return statistics.median(train(network(task), *load(task), task)[1:])


def many(task):
    x, y = load(task)
    return peer.seconds_of_many(lambda: train(network(task), x, y, task, task["epochs"]), task)


@torch.inference_mode()
def proba(task):
    x, net = torch.from_numpy(peer.load(folder, task, "rows")), network(task)
    return peer.seconds_of(lambda: net(x).softmax(1), task["lasts"])


@torch.inference_mode()
def row(task):
    x, net = torch.from_numpy(peer.load(folder, task, "rows")), network(task)
    rows = [x[i:i + 1] for i in range(64)]

    def call():
        for one in rows:
            net(one).softmax(1)

    return peer.seconds_of(call, task["lasts"]) / len(rows)


def memory(task):
    train(network(task), *load(task), task, 1)
    return peer.peak_megabytes()


peer.serve({"epoch": epoch, "many": many, "proba": proba, "row": row, "memory": memory})
