#!/usr/bin/env python3
"""make bench-chksum: as packet.py, for the checksum; results in build/bench/chksum.json."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from packet import report  # noqa: E402

# case, of whom, at most this share of it
TARGETS = [
    ("checksum 1460", "lwip", "checksum 1460", 1 / 15),
    ("avx512 1460", "lwip", "checksum 1460", 1 / 15),
    ("avx2 1460", "lwip", "checksum 1460", 1 / 11),
    ("sse2 1460", "lwip", "checksum 1460", 1 / 6),
    ("chosen 64", "ours", "words 64", 1 / 0.95),
    ("checksum 1460 odd", "ours", "checksum 1460", 1 / 0.95),
]

if __name__ == "__main__":
    sys.exit(report("chksum", TARGETS))
