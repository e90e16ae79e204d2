# SPDX-License-Identifier: BSD-3-Clause
"""Instructions of each call of one benchmark program, by callgrind.

Callgrind collects inside counted_malloc and counted_free only and writes its counts whenever one of
them ends, so that each file holds one call. What they and the subject's own functions take, to pass a
call on, is left out: the figures are the allocator's.
"""
import glob
import os
import re
import subprocess
import tempfile

PASSED_ON = re.compile(r"^fn=(counted|subject)_")


def instructions(lines):
    """Sum of the costs of all functions but those that pass a call on."""
    total = 0
    counted = False
    inclusive = False
    for line in lines:
        if line.startswith("fn="):
            counted = not PASSED_ON.match(line)
        elif line.startswith("calls="):
            inclusive = True
        elif line[:1].isdigit():
            total += 0 if inclusive or not counted else int(line.split()[-1])
            inclusive = False
    return total


def calls_of(function, program, live, rounds, seed):
    """Instructions of each call of `function`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", "--compress-strings=no",
             "--compress-pos=no", "--callgrind-out-file=" + os.path.join(folder, "out"),
             "--toggle-collect=" + function, "--dump-after=" + function,
             program, "count", str(live), str(rounds), str(seed)],
            check=True, stderr=subprocess.DEVNULL)
        calls = []
        for path in glob.glob(os.path.join(folder, "out.*")):
            with open(path, encoding="ascii", errors="replace") as file:
                calls.append(instructions(file))
    return [call for call in calls if call > 0]


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
