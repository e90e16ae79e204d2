#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""masked_test.py BOARD PROGRAM: masked.py finds the known stretches of masked_sample.c.

None: there is no bound, and none may be given.
"""
import sys

sys.dont_write_bytecode = True

import masked  # noqa: E402 - after what keeps its bytecode out of the sources

EXPECTED = {
    "never": 0,
    "straight": 5,
    "longer_way": 7,
    "two_stretches": 4,
    "nested": 6,
    "calls": 9,  # itself, and straight with its return
    "returns_masked": 0,  # its stretch is its callers'
    "ends_elsewhere": 4,
    "heap_search": 20,  # eight times round again
    "unknown_loop": None,
    "harmless_loop": 3,
    "loop_over_the_edge": None,  # it has one, but a loop that is closed masked is taken to be masked
    "unknown_call": None,
    "known_calls": 3,
    "itself": None,
}


def main():
    board, path = sys.argv[1:]
    found, none = masked.bounds(board, path, EXPECTED)
    wrong = [name for name, expected in EXPECTED.items() if found.get(name) != expected]
    for name in wrong:
        print(f"{name}: {found.get(name, none.get(name))}, expected {EXPECTED[name]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    status = []
    masked.in_a_deep_stack(lambda: status.append(main()))
    sys.exit(status[0] if status else 1)
