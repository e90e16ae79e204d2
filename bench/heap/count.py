"""Instructions of each call of one benchmark program, by callgrind.

Callgrind collects inside counted_malloc and counted_free only and writes its counts whenever one of
them ends, so that each file holds one call.
"""
import glob
import os
import re
import subprocess
import tempfile


def calls_of(function, program, live, rounds, seed):
    """Instructions of each call of `function`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
             "--callgrind-out-file=" + os.path.join(folder, "out"),
             "--toggle-collect=" + function, "--dump-after=" + function,
             program, "count", str(live), str(rounds), str(seed)],
            check=True, stderr=subprocess.DEVNULL)
        calls = []
        for path in glob.glob(os.path.join(folder, "out.*")):
            with open(path, encoding="ascii", errors="replace") as file:
                total = re.search(r"^summary: (\d+)", file.read(), re.M)
            if total and int(total.group(1)) > 0:
                calls.append(int(total.group(1)))
    return calls


def count(program, live, rounds, seed=1):
    """{"malloc": mean, "malloc_worst": most, "free": mean, "free_worst": most} over `rounds`."""
    result = {}
    for kind in ("malloc", "free"):
        calls = calls_of("counted_" + kind, program, live, rounds, seed)
        result[kind] = round(sum(calls) / len(calls), 1)
        result[kind + "_worst"] = max(calls)
    return result


if __name__ == "__main__":
    import sys
    print(count(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
