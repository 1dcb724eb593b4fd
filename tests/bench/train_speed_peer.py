"""What the Python peers of train_speed.lua share. They take tasks, one a line in JSON, from standard
input, and answer with a line each: a number, or in words why there is none. So Python and its
libraries start once, which takes longer than most rows."""
import json
import resource
import statistics
import sys
import time

import numpy as np


def load(folder, task, name):
    """name_COLUMNS.npy, as many rows as the task wants."""
    array = np.load(f"{folder}/{name}_{task['layers'][0]}.npy")
    return array if name == "rows" else array[:task.get("rows")]


def seconds_of(call, lasts):
    """The median seconds of calls, as many as fill `lasts` seconds, three at least; the first is not
    among them."""
    call()
    seconds, start = [], time.perf_counter()
    while len(seconds) < 3 or time.perf_counter() - start < lasts:
        before = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - before)
    return statistics.median(seconds)


def seconds_of_many(train, task):
    """Of the trainings of many networks, one by one, for each epoch."""
    start = time.perf_counter()
    for _ in range(task["networks"]):
        train()
    return (time.perf_counter() - start) / task["epochs"]


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(measure):
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = f"{measure[task['kind']](task):.6g}"
        except Exception as problem:
            answer = f"{type(problem).__name__}: {problem}".replace("\n", " ")[:200]
        print(answer, flush=True)
