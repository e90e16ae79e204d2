#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What configurations that are shipped have, and what the samples' traffic needs of each:
savings.py PROGRAM CONFIGURATIONS PAGE SAMPLE..."""
import json
import os
import subprocess
import sys
import tempfile

program, configurations, page = sys.argv[1:4]
samples = sorted(sys.argv[4:])
DEVICE = "02:00:00:00:00:01"  # the device of every sample: see samples/README.md

HEAD = """# What the sizes are worth

RAM of lwIP's pools and heap on a 32-bit device: what shipped configurations have, and what the traffic of
each sample needs. `make docs/savings.md` measures and writes this page.

Each sample is sized once for each configuration (`cistern size --opts`), since windows, queues and
buffer sizes decide what a device holds. A cell is *bytes that there are -> bytes that are needed*, and in
bold what fails first where there are too few of something. *Ours* is the configuration that `cistern size`
prints for the sample, with every other option at its default, and the heap or the pools of malloc in its
place that take least. The bytes needed are the least that serve the sample: one element or one step of the
heap less fails (see [size.md](size.md)). A device that must serve other traffic is sized from a capture of
that. The samples' device announced windows of up to 100 KB; one with a smaller TCP_WND is never sent as much
at once, so for it what unread data needs is an upper bound.

"""

FOOT = """
"In all" is what a device needs that has every one of these conversations, though not at the same time:
the highest peak of each pool over all samples. What its configuration has beyond that can be saved; what
it lacks is an allocation that fails in the field.

| | configuration | what its file sets, where that matters here |
|---|---|---|
"""


def grouped(number):
    return format(number, ",")


def size(options, files):
    """The result of the samples on a device with these options."""
    with tempfile.NamedTemporaryFile("w", suffix=".h") as header:
        header.writelines("#define %s %d\n" % each for each in options.items())
        header.flush()
        arguments = [program, "size", "--json", "--device", DEVICE, "--opts", header.name, *files]
        return json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)


def first_short(result):
    short = [pool for pool in result["pools"] if pool["short"]]
    # the packets of several captures cannot be compared: the table's order then
    return min(short, key=lambda pool: pool["now_fails_at"] or sys.maxsize)["name"] if short else None


def cell(result):
    there = sum(pool["bytes_now"] for pool in result["pools"])
    needed = sum(pool["bytes_needed"] for pool in result["pools"])
    short = first_short(result)
    return "%s -> %s%s" % (grouped(there), grouped(needed), " **%s**" % short if short else "")


def ours(result):
    heap = next(pool["bytes_needed"] for pool in result["pools"] if pool["name"] == "heap")
    choices = (result["heap"]["lwip"], result["heap"]["cistern"], result["malloc_pools"]["bytes"])
    return grouped(sum(pool["bytes_needed"] for pool in result["pools"]) - heap + min(choices))


def row(name, files, kinds):
    results = [size(kind["options"], files) for kind in kinds]
    return "| %s | %s | %s |\n" % (name, " | ".join(map(cell, results)), ours(size({}, files)))


with open(configurations, encoding="utf-8") as file:
    known = json.load(file)

text = HEAD
text += "| sample | %s | ours |\n|---|%s--:|\n" % (" | ".join(kind["name"] for kind in known), "---|" * len(known))
for sample in samples:
    text += row("`%s`" % os.path.basename(sample), [sample], known)
text += row("in all", samples, known)
text += FOOT
for kind in known:
    shown = ["%s %d" % item for item in kind["options"].items()
             if item[0] in ("NO_SYS", "MEM_SIZE", "PBUF_POOL_SIZE", "MEMP_NUM_TCP_SEG", "TCP_WND", "TCP_SND_BUF")]
    text += "| %s | [%s](%s) | %s |\n" % (kind["name"], kind["what"], kind["url"], ", ".join(shown) or
                                          "nothing; TCP_MSS and TCP_WND are those that the sample shows")
with open(page, "w", encoding="utf-8") as file:
    file.write(text)
