#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make demo-firmware: builds the device's firmware, boots it in QEMU with user-mode networking, and serves.

    run.py                  the firmware as a main loop, with threads, on ports/rtos, with three frames; on RV32
    FREERTOS=folder run.py  also on ports/freertos and the kernel in that folder (the one with tasks.c)

Each image serves the same load: pages and 1 MB one after the other and in parallel, uploads, with threads an
echo. Every byte is verified. Then the device rests, and its pools must be as they were before the load. The
marks that it then shows by /stats and /stats.json are printed.
"""
import concurrent.futures
import hashlib
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import firmware  # noqa: E402
from firmware import Image  # noqa: E402

BOOT_SECONDS = 20
REQUEST_SECONDS = 60
REST_SECONDS = (2.5, 5, 10, 20)  # the device keeps a closed connection for one to two seconds of its time
NANOSECONDS_SHIFT = 5  # 2^5 ns an instruction: about what a Cortex-M3 of 25 MHz takes
ATTEMPTS = 8
PARALLEL = 6
GAP_SECONDS = 0.02  # between connections: QEMU's listening socket keeps one that it has not accepted
ECHO_BYTES = 200000
DATA = b"".join(struct.pack("<I", k * 2654435761 & 0xFFFFFFFF) for k in range(1 << 18))
PAGE_SAYS = b"lwIP - A Lightweight TCP/IP Stack"


class Failure(Exception):
    """What a user is told."""


def require(holds, text):
    if not holds:
        raise Failure(text)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# --- the device -----------------------------------------------------------------------------------------------

class Device:
    """A firmware that runs in QEMU, from `with Device(...) as device` on."""

    def __init__(self, image, capture=None, plugin=None):
        self.folder = image.folder()
        self.retries = 0
        self.http, self.upload, self.echo = free_port(), free_port(), free_port()
        forwards = ",".join(f"hostfwd=tcp:127.0.0.1:{outside}-:{inside}" for outside, inside in
                            ((self.http, 80), (self.upload, 9), (self.echo, 7)))
        self.command = [*firmware.BOARDS[image.board].qemu, "-display", "none", "-monitor", "none",
                        "-serial", "file:uart.txt", "-semihosting", "-kernel", os.path.basename(image.program()),
                        "-netdev", f"user,id=net,restrict=on,{forwards}"]
        if capture:
            self.command += ["-object", f"filter-dump,id=dump,netdev=net,file={capture}"]
        # Time is that of the device's instructions, however busy the host is, and an interrupt comes between
        # any two of them. The plugin counts whole blocks and needs them whole.
        self.command += ["-plugin", plugin] if plugin else ["-icount", f"shift={NANOSECONDS_SHIFT}"]
        self.process = None

    def uart(self):
        with open(f"{self.folder}/uart.txt", encoding="utf-8", errors="replace") as file:
            return file.read()

    def __enter__(self):
        with open(f"{self.folder}/uart.txt", "w", encoding="utf-8"):
            pass
        with open(f"{self.folder}/qemu.txt", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        try:
            self.wait_for_boot()
        except Failure:
            self.stop()
            raise
        return self

    def wait_for_boot(self):
        end = time.monotonic() + BOOT_SECONDS
        while "ready" not in self.uart():
            with open(f"{self.folder}/qemu.txt", encoding="utf-8", errors="replace") as file:
                said = self.uart() + file.read()
            require(self.process.poll() is None, f"QEMU ended before the firmware was ready: {said}")
            require(time.monotonic() < end, f"the firmware was not ready in {BOOT_SECONDS} s: {said}")
            time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __exit__(self, *_):
        self.stop()

    def check(self):
        require("panic" not in self.uart(), f"the firmware stopped: {self.uart()}")

    def attempt(self, what, function):
        """Of a connection whose first byte never came the host may try again: QEMU's listening socket refused
        it, before the device saw it. Returns what the function gives that is not None."""
        for _ in range(ATTEMPTS):
            result = function()
            if result is not None:
                return result
            self.check()
            self.retries += 1
            time.sleep(0.2)
        raise Failure(f"{what}: no answer in {ATTEMPTS} attempts; the device said: {self.uart()}")

    # --- requests ---------------------------------------------------------------------------------------------

    def curl(self, path, *options):
        def once():
            done = subprocess.run(["curl", "--silent", "--show-error", "--fail", "--max-time", str(REQUEST_SECONDS),
                                   *options, f"http://127.0.0.1:{self.http}{path}"], capture_output=True, check=False)
            if done.returncode in (7, 52, 56) and not done.stdout:
                return None
            require(done.returncode == 0, f"curl {path}: status {done.returncode}, {len(done.stdout)} bytes: "
                    f"{done.stderr.decode(errors='replace')} {self.uart()}")
            return done.stdout
        return self.attempt(f"curl {path}", once)

    def send(self, data):
        """The sum of its bytes that the device answers with."""
        def once():
            reply = b""
            try:
                with socket.create_connection(("127.0.0.1", self.upload), REQUEST_SECONDS) as connection:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                    while len(reply) < 4 and (part := connection.recv(4 - len(reply))):
                        reply += part
            except TimeoutError as error:
                raise Failure(f"upload: {error} after {REQUEST_SECONDS} s; the device said: {self.uart()}") from error
            except OSError:
                return None
            return int.from_bytes(reply, "little") if len(reply) == 4 else None
        return self.attempt("upload", once)

    def echo_back(self, data):
        def once():
            received = bytearray()
            try:
                with socket.create_connection(("127.0.0.1", self.echo), REQUEST_SECONDS) as connection:
                    sender = threading.Thread(target=connection.sendall, args=(data,), daemon=True)
                    sender.start()
                    while len(received) < len(data) and (part := connection.recv(1 << 16)):
                        received += part
                    sender.join(REQUEST_SECONDS)
            except OSError as error:
                require(not received, f"echo: {error} after {len(received)} bytes")
            return bytes(received) or None
        return self.attempt("echo", once)

    # --- marks ------------------------------------------------------------------------------------------------

    def marks(self):
        """/stats.json, of which every number is validated."""
        text = self.curl("/stats.json").decode()
        try:
            table = json.loads(text)
        except json.JSONDecodeError as error:
            raise Failure(f"/stats.json is no JSON: {error}: {text}") from error
        for name in ("received", "dropped", "damaged", "sent", "refused"):
            require(isinstance(table.get(name), int), f"/stats.json has no number {name}: {text}")
        for pool in table["pools"]:
            require(set(pool) == {"name", "size", "count", "used", "peak", "failures"}, f"a pool of {text}")
            require(0 <= pool["used"] <= pool["peak"] <= pool["count"], f"{pool['name']}: {pool}")
        require({"HEAP", "TCP_PCB", "TCP_SEG", "RX_FRAME"} <= {pool["name"] for pool in table["pools"]},
                f"/stats.json lacks a pool: {text}")
        return table

    def resting_marks(self, before=None):
        """The marks when nothing more is held than before; the last ones if that does not come about in time."""
        for seconds in REST_SECONDS:
            time.sleep(seconds)
            now = self.marks()
            if not held(before or now, now):
                break
        return now


def pools(table):
    return {pool["name"]: pool for pool in table["pools"]}


def held(before, after):
    """What is in use now and was not before."""
    first, last = pools(before), pools(after)
    return [f"{name} {first[name]['used']} -> {last[name]['used']}" for name in last
            if last[name]["used"] > first[name]["used"]]


# --- the load -------------------------------------------------------------------------------------------------

def in_parallel(function, count):
    with concurrent.futures.ThreadPoolExecutor(count) as executor:
        jobs = []
        for number in range(count):
            jobs.append(executor.submit(function, number))
            time.sleep(GAP_SECONDS)
        return [job.result() for job in jobs]


def fetch_data(device, *options):
    data = device.curl("/data", *options)
    require(data == DATA, f"/data: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}, differ")


def send_upload(device, seed, size):
    data = random.Random(seed).randbytes(size)
    require(device.send(data) == sum(data) & 0xFFFFFFFF, f"upload {seed}: the device's sum differs")


def serve(device, image):
    """The load; returns how many connections it made. Frames that are dropped cost seconds each, as QEMU's
    network sends them again: a device of few frames gets fewer bytes."""
    uploads, size = (2, 30000) if image.name == "frames" else (3, 400000)
    threads = THREADS in image.options
    pages = {device.curl("/") for _ in range(3)}
    require(len(pages) == 1 and PAGE_SAYS in pages.pop(), "/ is not lwIP's page")
    fetch_data(device)
    fetch_data(device)
    in_parallel(lambda _: fetch_data(device, "--limit-rate", "4M"), PARALLEL)
    in_parallel(lambda _: fetch_data(device), PARALLEL)
    in_parallel(lambda number: send_upload(device, number, size), uploads)
    if threads:
        data = random.Random(7).randbytes(ECHO_BYTES)
        require(device.echo_back(data) == data, "echo: what came back differs")
    return 3 + 2 + 2 * PARALLEL + uploads + (1 if threads else 0)


def lwip_failures(table):
    """Failures of heap and lwIP's pools; frames that were dropped are counted by themselves."""
    return {name: pool["failures"] for name, pool in pools(table).items()
            if pool["failures"] and name != "RX_FRAME"}


def exercise(image, capture=None, plugin=None):
    """Builds nothing: boots, serves the load, rests; returns the marks and the text of /stats."""
    with Device(image, capture, plugin) as device:
        before = device.resting_marks()
        connections = serve(device, image)
        after = device.resting_marks(before)
        text = device.curl("/stats").decode()
        device.check()
    require(not held(before, after), f"{sum(REST_SECONDS)} s after the load memory is still held: "
            + ", ".join(held(before, after)))
    require(after["damaged"] == after["refused"] == 0, f"the card refused frames: {after}")
    require(pools(after)["RX_FRAME"]["failures"] == after["dropped"], "drops and the pool's failures differ")
    for name in pools(after):
        require(any(line.split()[:1] == [name] for line in text.splitlines()), f"/stats lacks {name}")
    return after, text, connections, device.retries


# --- images ---------------------------------------------------------------------------------------------------

THREADS = "-DDEVICE_THREADS=1"
CARD_FRAMES = ("-DDEVICE_FRAMES=20",)  # eight of them wait for the card
FEW_FRAMES = ("-DDEVICE_FRAMES=3", "-DTCP_WND=(2*TCP_MSS)")


def images():
    kernel = os.environ.get("FREERTOS", "")
    table = {"main loop, ports/bare": Image("loop", "bare"),
             "threads, ports/bare": Image("threads", "bare", (THREADS,)),
             "threads, ports/rtos": Image("rtos", "rtos", (THREADS,)),
             "main loop, ports/bare, 3 frames": Image("frames", "bare", FEW_FRAMES),
             "RV32 and virtio, main loop, ports/bare": Image("virt-loop", "bare", CARD_FRAMES, board="virt"),
             "RV32 and virtio, threads, ports/bare": Image("virt-threads", "bare", (THREADS, *CARD_FRAMES),
                                                           board="virt")}
    if kernel:
        require(os.path.exists(f"{kernel}/tasks.c"), f"FREERTOS={kernel}: there is no tasks.c; name the folder "
                "that has it")
        table["threads, ports/freertos"] = Image("freertos", "freertos", (THREADS,), os.path.abspath(kernel))
    return table


def demonstrate(title, image):
    flash, ram = firmware.sizes(firmware.build(image))
    after, text, connections, retries = exercise(image)
    failures = lwip_failures(after)
    require(not failures, f"{title}: requests failed: {failures}")
    if image.name == "frames":
        require(after["dropped"] > 0, "three frames sufficed: nothing was dropped, and nothing tested")
    again = f", {retries} refused by QEMU's socket and made again" if retries else ""
    print(f"--- {title}: {flash} bytes of flash, {ram} of RAM; {connections} connections served{again}, "
          f"every byte right, all memory back at rest\n{text}", flush=True)


def main():
    os.chdir(firmware.ROOT)
    try:
        firmware.fetch()
        for title, image in images().items():
            demonstrate(title, image)
    except Failure as failure:
        print(f"demo-firmware: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
