"""Reading tables: NumPy's readers on numbers, pandas' C engine on a mixed file, and the memory they take.

Usage: python3 tests/bench/table_read.py make DIR [rows]     # writes DIR/numbers.csv and DIR/mixed.csv
       python3 tests/bench/table_read.py DIR                 # times; then: mah tests/bench/table_read.lua DIR
Needs python3-numpy and python3-pandas. The best of three runs each; one process a reader, for the peak.
"""
import os
import random
import resource
import subprocess
import sys
import time


def make(folder, rows):
    os.makedirs(folder, exist_ok=True)
    draw = random.Random(1)
    cities = ["Tehran", "Shiraz", "Isfahan", "Tabriz", "Mashhad", "Rasht", "Yazd", "Kerman"]
    with open(folder + "/numbers.csv", "w") as out:
        for _ in range(rows):
            out.write(",".join(repr(draw.gauss(0, 100)) for _ in range(10)) + "\n")
    with open(folder + "/mixed.csv", "w") as out:
        out.write("id,age,income,height,city,sex,score,name,date,ok\n")
        for i in range(rows):
            age = "" if draw.random() < 0.02 else str(draw.randrange(100))
            income = "NA" if draw.random() < 0.02 else "%.2f" % draw.uniform(0, 1e5)
            out.write("%d,%s,%s,%.1f,%s,%s,%r,%s,2026-%02d-%02d,%s\n" % (
                i, age, income, draw.gauss(170, 10), draw.choice(cities), draw.choice("mf"), draw.random(),
                "name%d" % draw.randrange(10**9), draw.randrange(1, 13), draw.randrange(1, 29),
                draw.choice(["True", "False"])))


def read(what, path):
    import numpy
    if what == "loadtxt":
        return numpy.loadtxt(path, delimiter=",")
    if what == "fromfile":
        return numpy.fromstring(
            open(path).read().replace("\n", ","), sep=",").reshape(-1, 10)
    if what == "genfromtxt":
        return numpy.genfromtxt(path, delimiter=",")
    import pandas
    return pandas.read_csv(path, header=None if "numbers" in path else "infer", engine="c")


def one(what, path):
    best = 1e9
    for _ in range(1 if what == "genfromtxt" else 3):
        start = time.perf_counter()
        table = read(what, path)
        best = min(best, time.perf_counter() - start)
    size = table.nbytes if hasattr(table, "nbytes") else table.memory_usage(deep=True).sum()
    print("%-10s %-12s %7.2f s   %5.0f MB result   %5.0f MB peak of the process" % (
        what, os.path.basename(path), best, size / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3))


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1000000)
elif sys.argv[1] == "one":
    one(sys.argv[2], sys.argv[3])
else:
    for reader, name in [("loadtxt", "numbers"), ("fromfile", "numbers"), ("genfromtxt", "numbers"),
                         ("pandas", "numbers"), ("pandas", "mixed")]:
        path = sys.argv[1] + "/" + name + ".csv"
        subprocess.run([sys.executable, sys.argv[0], "one", reader, path], check=True)
