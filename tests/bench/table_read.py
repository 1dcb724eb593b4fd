"""Reading tables, by turns: Mah, NumPy's readers (numbers only) and pandas' C engine, on a file of numbers and on
a mixed one.

    /usr/bin/python3 tests/bench/table_read.py build/mah DIR [ROWS]

Writes DIR/numbers.csv and DIR/mixed.csv (10 columns, 1,000,000 rows unless told) where they are not there with so
many rows. Each reader is a process of its own, 3 times, by turns with the others; the best time counts, and only
the reading is timed. "times": how many times as long as Mah's; "peak" is the process's, and the last line has what
Mah's core allocated at most. Needs python3-numpy and python3-pandas.
"""
import os
import random
import sys
import tempfile
import time

ROUNDS = 3
READERS = {"numbers": ["mah", "loadtxt", "fromstring", "pandas"], "mixed": ["mah", "pandas"]}


# -- Files --------------------------------------------------------------------------------------------

def write_numbers(out, rows, draw):
    for _ in range(rows):
        out.write(",".join(repr(draw.gauss(0, 100)) for _ in range(10)) + "\n")


def write_mixed(out, rows, draw):
    cities = ["Tehran", "Shiraz", "Isfahan", "Tabriz", "Mashhad", "Rasht", "Yazd", "Kerman"]
    out.write("id,age,income,height,city,sex,score,name,date,ok\n")
    for i in range(rows):
        age = "" if draw.random() < 0.02 else str(draw.randrange(100))
        income = "NA" if draw.random() < 0.02 else "%.2f" % draw.uniform(0, 1e5)
        out.write("%d,%s,%s,%.1f,%s,%s,%r,%s,2026-%02d-%02d,%s\n" % (
            i, age, income, draw.gauss(170, 10), draw.choice(cities), draw.choice("mf"), draw.random(),
            "name%d" % draw.randrange(10**9), draw.randrange(1, 13), draw.randrange(1, 29),
            draw.choice(["True", "False"])))


def lines_of(path):
    if not os.path.exists(path):
        return -1
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def make(folder, rows):
    os.makedirs(folder, exist_ok=True)
    for name, write, head in [("numbers", write_numbers, 0), ("mixed", write_mixed, 1)]:
        path = "%s/%s.csv" % (folder, name)
        if lines_of(path) != rows + head:
            with open(path, "w") as out:
                write(out, rows, random.Random(1))


# -- One reader, in a process of its own --------------------------------------------------------------

def read(what, path):
    import numpy
    if what == "loadtxt":
        return numpy.loadtxt(path, delimiter=",")
    if what == "fromstring":
        return numpy.fromstring(open(path).read().replace("\n", ","), sep=",").reshape(-1, 10)
    import pandas
    return pandas.read_csv(path, header=None if "numbers" in path else "infer", engine="c")


def one(what, path):
    """Prints seconds and bytes of the result. What is imported does not count."""
    with tempfile.NamedTemporaryFile("w", suffix="numbers.csv") as small:
        small.write("1,2,3,4,5,6,7,8,9,10\n")
        small.flush()
        read(what, small.name)
    start = time.perf_counter()
    table = read(what, path)
    seconds = time.perf_counter() - start
    size = table.nbytes if hasattr(table, "nbytes") else table.memory_usage(deep=True).sum()
    print(seconds, size)


def run(mah, what, path):
    """Seconds, bytes of the result, the process's peak in bytes, and Mah's allocated bytes at most."""
    here = os.path.dirname(os.path.abspath(__file__))
    command = [mah, here + "/table_read.lua", path] if what == "mah" else \
        [sys.executable, os.path.abspath(__file__), "--one", what, path]
    with tempfile.TemporaryFile("w+") as out:
        process = os.posix_spawnp(command[0], command, os.environ,
                                  file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(process, 0)
        if status != 0:
            sys.exit("%s failed" % " ".join(command))
        out.seek(0)
        seconds, size, allocated = (out.read().split() + ["nan"])[:3]
    return float(seconds), float(size), usage.ru_maxrss * 1024, float(allocated)


# -- All of them --------------------------------------------------------------------------------------

def compare(mah, path, readers):
    best = {}
    for _ in range(ROUNDS):
        for what in readers:
            result = run(mah, what, path)
            best[what] = min(result, best.get(what, result))
    print("%-12s %10s %10s %12s %10s" % (os.path.basename(path), "seconds", "times", "result MB", "peak MB"))
    for what in readers:
        seconds, size, peak, _ = best[what]
        print("%-12s %10.3f %10.2f %12.1f %10.1f" % (what, seconds, seconds / best["mah"][0], size / 1e6, peak / 1e6))
    _, size, _, allocated = best["mah"]
    print("mah allocated at most %.1f MB, %.2f times the result\n" % (allocated / 1e6, allocated / size))


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--one":
        return one(sys.argv[2], sys.argv[3])
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    mah, folder = sys.argv[1:3]
    make(folder, int(sys.argv[3]) if len(sys.argv) == 4 else 1000000)
    for name, readers in READERS.items():
        compare(mah, "%s/%s.csv" % (folder, name), readers)


main()
