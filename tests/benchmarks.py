#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Builds what the benchmarks measure of this library, without their peers: a benchmark that does not
compile any more is found when its code changes, not when it is measured next.

    make test-bench
"""
import importlib.util
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
os.chdir(ROOT)


def benchmark(name):
    """bench/NAME/measure.py as a module; its folder comes first, since it may have modules of its own."""
    sys.path.insert(0, f"{ROOT}/bench/{name}")
    spec = importlib.util.spec_from_file_location(f"bench_{name}", f"bench/{name}/measure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    os.makedirs(f"build/bench/{name}", exist_ok=True)
    return module


def pool():
    return [make() for make in benchmark("pool").OURS_BY_NAME.values()]


def heap():
    module = benchmark("heap")
    built = [module.build_ours(fit, level) for fit in ("good", "first") for level in (0, 1)]
    return built + [module.build_device(level) for level in (0, 1)]


def pbuf():
    module = benchmark("pbuf")
    return [module.build("ours", protection) for protection in (0, 1)]


def mbox():
    module = benchmark("mbox")
    return [*module.build_ours(), *module.sockets_of_ours()]


def chksum():
    module = benchmark("chksum")
    module.run([module.CC, "-std=gnu11", "-O2", *module.INCLUDE, "-c", "bench/chksum/main.c", "-o",
                "build/bench/chksum/main.o"])
    return ["build/bench/chksum/main.o"]


def main():
    missing = 0
    for build in (pool, heap, pbuf, mbox, chksum):
        programs = build()
        missing += not programs or not all(os.path.exists(program) for program in programs)
        print(f"bench-{build.__name__}: {len(programs)} built")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
