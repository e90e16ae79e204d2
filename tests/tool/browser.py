# SPDX-License-Identifier: BSD-3-Clause
"""A headless Chromium, driven over a pipe by its DevTools protocol, with nothing but Python."""
import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120  # within which the browser must answer


def above_pipes(descriptor):
    """The same as a number above those that the browser reads and writes; not inherited."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Browser:
    """One page; `errors` collects what it wrote to its console, and what it threw."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            raise SystemExit("no Chromium: install the package chromium")
        self.folder = tempfile.mkdtemp(prefix="cistern-browser-")
        read_commands, self.commands = map(above_pipes, os.pipe())
        self.answers, write_answers = map(above_pipes, os.pipe())

        def connect():  # in the browser's process: it reads from 3 and writes to 4
            os.dup2(read_commands, 3)
            os.dup2(write_answers, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-extensions", "--hide-scrollbars",
             "--force-color-profile=srgb", "--remote-debugging-pipe", "--user-data-dir=" + self.folder],
            close_fds=False, preexec_fn=connect, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(read_commands)
        os.close(write_answers)
        self.buffer = b""
        self.number = 0
        self.events = []
        self.errors = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Its children are a process group of their own: none of them may outlive the test.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise SystemExit("Chromium ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, message):
        self.events.append(message["method"])
        parameters = message["params"]
        if message["method"] == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(parameters["exceptionDetails"]))
        elif message["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.errors.append(parameters["entry"]["text"])
        elif message["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.errors.append(json.dumps(parameters["args"]))

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            if "method" in answer:
                self.note(answer)

    def open(self, path):
        self.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        end = time.monotonic() + SECONDS
        while "Page.loadEventFired" not in self.events:
            if time.monotonic() > end:
                raise SystemExit("%s does not load" % path)
            self.evaluate("0")
        self.frames()

    def evaluate(self, expression):
        """The value of an expression, or of the promise that it gives."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True,
                           userGesture=True)
        if "exceptionDetails" in answer:
            raise SystemExit("%s: %s" % (expression, answer["exceptionDetails"]))
        return answer["result"].get("value")

    def frames(self):
        """Waits until what was scheduled is drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>"
                      " setTimeout(done, 60))))")

    def size(self, width, height, phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.frames()

    def scheme(self, name, media=""):
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": name}])
        self.frames()

    def mouse(self, kind, x, y, buttons=0, clicks=0):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if buttons or clicks else "none",
                  buttons=buttons, clickCount=clicks)

    def drag(self, start, end):
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, buttons=1, clicks=1)
        for step in range(1, 11):
            self.mouse("mouseMoved", *(a + (b - a) * step / 10 for a, b in zip(start, end)), buttons=1)
        self.mouse("mouseReleased", *end, clicks=1)
        self.frames()

    def click(self, selector):
        self.evaluate("document.querySelector(%s).scrollIntoView({block: 'center'})" % json.dumps(selector))
        x, y = self.center(selector)
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, buttons=1, clicks=1)
        self.mouse("mouseReleased", x, y, clicks=1)
        self.frames()

    def center(self, selector):
        return self.evaluate("(({left, top, width, height}) => [left + width / 2, top + height / 2])"
                             "(document.querySelector(%s).getBoundingClientRect())" % json.dumps(selector))

    def picture(self, path, whole=False, **clip):
        arguments = {"captureBeyondViewport": whole}
        if whole and not clip:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}
        if clip:
            arguments["clip"] = dict(clip, scale=clip.get("scale", 1))
        data = self.call("Page.captureScreenshot", format="png", **arguments)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
