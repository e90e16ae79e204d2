#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The page of bench/performance.py from a few results, and its exit status: performance.sh ROOT
set -eu
cd "$1"
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bench" "$work/firmware"

cat >"$work/bench/pool.json" <<'END'
[{"case": "get+put", "ours": 2.5, "unit": "ns", "peers": {"lwip": 3, "dpdk": 2.25}, "target": 3.0, "met": true},
 {"case": "bulk", "ours": 4, "unit": "ns", "peers": {"dpdk": 2}, "target": 2.4, "met": false},
 {"case": "mutex", "ours": 20, "unit": "ns", "peers": {}, "target": null, "met": null}]
END
echo "2026-01-02, A processor, 1000 MHz, gcc 12" >"$work/bench/pool.machine"
cat >"$work/firmware/report.json" <<'END'
[{"case": "m3 RAM: pool", "ours": 4, "unit": "", "peers": {}, "target": 4, "met": true},
 {"case": "m3 flash: pool", "ours": 900, "unit": "", "peers": {}, "target": 900, "met": true},
 {"case": "m3 stack: mem_free", "ours": 40, "unit": "", "peers": {}, "target": 40, "met": true},
 {"case": "m3 instructions: pool get", "ours": 30, "unit": "", "peers": {}, "target": 30, "met": true},
 {"case": "m3 masked: pool get", "ours": 0, "unit": "", "peers": {}, "target": 0, "met": true},
 {"case": "m3 instructions: lock-free pool get", "ours": 85, "unit": "", "peers": {}, "target": 85, "met": true},
 {"case": "m3 masked: lock-free pool get", "ours": 0, "unit": "", "peers": {}, "target": 0, "met": true},
 {"case": "m3 masked at most: mem_free", "ours": 7, "unit": "", "peers": {}, "target": 7, "met": true},
 {"case": "m3 masked at most: pbuf_clen", "ours": 0, "unit": "", "peers": {}, "target": 0, "met": true},
 {"case": "m0 instructions: pool get", "ours": 40, "unit": "", "peers": {}, "target": 40, "met": true},
 {"case": "m0 masked: pool get", "ours": 9, "unit": "", "peers": {}, "target": 9, "met": true},
 {"case": "m0 masked at most: mem_free", "ours": 9, "unit": "", "peers": {}, "target": 9, "met": true}]
END
cat >"$work/expected" <<'END'
| benchmark | met | of |
|---|---:|---:|
| [pool](#pool) | 1 | 2 |

## pool

`make bench-pool`, 2026-01-02, A processor, 1000 MHz, gcc 12.

| case | ours | target | met | peers |
|---|---:|---:|---:|---:|
| get+put | 2.5 ns | ≤ 3 | yes | lwip 3, dpdk 2.25 |
| bulk | 4 ns | ≤ 2.4 | **no** | dpdk 2 |
| mutex | 20 ns |  |  |  |

Not met, and why:

- *bulk*: A reason.

## boards

`make firmware` counts in an emulator, the same on every machine, and prints the stack of each function
besides.

The most instructions of one call, and of these the longest stretch with interrupts masked:

| operation | m3 | m0 |
|---|---:|---:|
| pool get | 30, 0 | 40, 9 |
| lock-free pool get | 85, 0 |  |

The longest stretch with interrupts masked on any path through a function, where there is one:

| function | m3 | m0 |
|---|---:|---:|
| mem_free | 7 | 9 |

Bytes of flash, and of RAM:

| module | m3 | m0 |
|---|---:|---:|
| pool | 900, 4 |  |
END
write_page() {
    python3 bench/performance.py "$work" "$work/reasons.json" "$work/page.md"
}

echo '{"pool: bulk": "A reason.", "pool: get+put": "Of a row that is met: not shown."}' >"$work/reasons.json"
write_page
sed -n '/^| benchmark/,$p' "$work/page.md" | diff "$work/expected" -

echo '{"heap: bulk": "A reason of another benchmark."}' >"$work/reasons.json"
if write_page 2>"$work/errors"; then
    echo "a missed row without a reason was let through" >&2
    exit 1
fi
grep -qx "performance: no reason written for pool: bulk" "$work/errors"
grep -qx -- "- \*bulk\*: no reason written." "$work/page.md"

# A benchmark that misses without a reason writes its rows, says so, and fails.
cat >"$work/bench.py" <<'END'
import sys
from report import Report
report = Report("sample")
report.add("kept", 1, "ns", {"peer": 2}, 2)
if sys.argv[1] == "miss":
    report.add("missed", 3, "ns", {"peer": 2}, 2)
sys.exit(report.finish())
END
root=$PWD
cd "$work"
PYTHONPATH=$root/bench python3 bench.py keep >/dev/null
if PYTHONPATH=$root/bench python3 bench.py miss >output; then
    echo "a benchmark that missed without a reason ended well" >&2
    exit 1
fi
grep -q "no reason written" output
grep -q '"case": "missed"' build/bench/sample.json
