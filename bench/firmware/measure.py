#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-firmware: what a device's program takes with this library in place of lwIP's memory.

Flash, RAM and instructions of one transfer of bench/firmware/main.c for Cortex-M3 and M0+; Mynewt's pools
alone; transfers through lwIP on the host. Everything is counted, nothing timed: the same on every machine.
Goals are sums over lwIP's figure of the same run, or shares of it. IMAGES=goals in the environment builds
only the images that have goals.
"""
import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import images  # noqa: E402
import mynewt  # noqa: E402
import transfer  # noqa: E402
from images import CPUS, Image  # noqa: E402
from report import Report  # noqa: E402

OURS = ("bare", "ports/lwip")

# (what, image of ours, what is added to lwIP's figure of the same build, share of it)
GOALS = []


def goal(what, image, more=0, share=1.0):
    GOALS.append((what, image, more, share))


for cpu in CPUS:
    goal("text", Image(cpu, "bare", 1), 2000 if cpu == "M3" else 2100)
    goal("text", Image(cpu, "bare", 0, "first"))
    goal("text", Image(cpu, "bare", 0), 600)
    goal("RAM", Image(cpu, "bare", 1), 360)
    goal("RAM", Image(cpu, "bare", 0, "first"))
    goal("RAM", Image(cpu, "bare", 0))
    goal("RAM", Image(cpu, "bare", overflow=1))
    for port in OURS:
        goal("instructions", Image(cpu, port, 1), 0, 0.85)
        goal("instructions", Image(cpu, port, overflow=1), 0, 1.5)
goal("text", Image("M3", "bare", 1, asserts=True))
goal("text", Image("M3", "bare", 1, lto=True), 1600)
goal("text", Image("M3", "bare", 0, "first", lto=True))
goal("text", Image("M3", "bare", 0, lto=True), 600)

UNITS = {"text": "bytes", "RAM": "bytes", "instructions": "instructions"}
WITH_MODULES = [Image(cpu, memory, level, fit) for cpu in CPUS
                for memory, level, fit in (("bare", 1, "good"), ("bare", 0, "first"), ("ports/lwip", 1, "good"))]
WITH_MODULES += [Image(cpu, "bare", 1, diagnosis=False) for cpu in CPUS]


def theirs(image):
    """lwIP's own memory, built alike."""
    return Image(image.cpu, "lwip", asserts=image.asserts, lto=image.lto, overflow=image.overflow)


def every_image():
    for cpu, memory, level, fit, asserts, lto in itertools.product(
            CPUS, OURS, (0, 1, 2), ("good", "first"), (False, True), (False, True)):
        yield Image(cpu, memory, level, fit, asserts, lto)


def peers_of(what, image, figures):
    """lwIP built alike; of level 2, lwIP with its overflow check too."""
    peers = {"lwip": figures[theirs(image)]}
    checked = Image(image.cpu, "lwip", overflow=1)
    if image.level == 2:
        peers["lwip, overflow check 1"] = figures[checked]
    return {name: getattr(of, what.lower()) for name, of in peers.items()}


def add_goals(report, figures):
    for what, image, more, share in GOALS:
        peers = peers_of(what, image, figures)
        # The checked transfer is held against the unchecked one.
        base = theirs(image)
        if what == "instructions" and image.overflow:
            base = Image(image.cpu, "lwip")
            peers["lwip, unchecked"] = getattr(figures[base], what.lower())
        limit = getattr(figures[base], what.lower()) * share + more
        report.add(f"{what}: {image}", getattr(figures[image], what.lower()), UNITS[what], peers, round(limit))


def add_modules(report, figures):
    for image in WITH_MODULES:
        for module in images.MODULES:
            report.add(f"flash of {module}: {image}", figures[image].modules[module], "bytes",
                       {"lwip": figures[theirs(image)].modules[module]})


def add_others(report, figures):
    """What has no goal: instructions and RAM are those of the program without LTO and assertions."""
    done = {(what, image) for what, image, _, _ in GOALS}
    for image in figures:
        plain = not image.asserts and not image.lto
        for what in UNITS if plain else ("text",):
            if image.memory != "lwip" and (what, image) not in done:
                report.add(f"{what}: {image}", getattr(figures[image], what.lower()), UNITS[what],
                           peers_of(what, image, figures))


def main():
    os.makedirs(images.BUILD, exist_ok=True)
    images.fetch()
    report = Report("firmware")
    wanted = [image for _, image, _, _ in GOALS] + WITH_MODULES
    if os.environ.get("IMAGES") != "goals":
        wanted += every_image()
    checked = [Image(cpu, "lwip", overflow=1) for cpu in CPUS]
    wanted = dict.fromkeys([*(theirs(image) for image in wanted), *checked, *wanted])
    figures = images.measure_all(list(wanted))
    add_goals(report, figures)
    mynewt.add_rows(report, images.plugin())
    transfer.add_rows(report)
    add_modules(report, figures)
    add_others(report, figures)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
