# SPDX-License-Identifier: BSD-3-Clause
"""The longest stretch with interrupts masked that a function can cause, in instructions: a bound on
every path through its code, not the worst that a run happened to show.

usage: masked.py BOARD PROGRAM FUNCTION...

The program's disassembly gives a graph of instructions, in which the critical section shows by the
instructions it consists of, as it does to plugin/trace.c. A depth of nesting goes along each path, and
calls are followed with the depth at which they are made. What the code cannot tell is stated here:

  BOUNDS   how often a loop goes round at most. A loop in a masked stretch that is not listed makes the
           function one without a bound.
  FAULTS   where paths end that only a fault takes, or at level 1 a block whose user left a free one's
           key in it. The first call that notices damage or misuse looks for its extent, and that grows
           with the arena or the pool.
  POINTERS what is behind a call through a pointer.

A function is named here as in the source, and stands for its code wherever the compiler put it.
"""
import bisect
import re
import subprocess
import sys
import threading

PREFIX = {"virt-rv32": "riscv64-unknown-elf-"}

# Threads and mutexes are counted as the options' defaults have them: 4 of each, and main.
BOUNDS = {
    "heap_highest_bit": 5,  # log2 of a word's 32 bits
    "heap_map_find": 2,  # words of the map of lists
    "heap_map_last": 2,
    "heap_search": 8,  # CISTERN_HEAP_SEARCH
    "cistern_heap_index_largest": 8,
    "thread_is_touched": 8,  # words of a thread's zone
    "bare_kernel_tick": 4,
    "cistern_bare_waiting": 4,
    "mutex_pass_priority_on": 5,
    "mutex_most_urgent_waiter": 4,
    "mutex_set_priority_from_held": 4,
    "mutex_forget": 4,
}

FAULTS = {
    "abort",
    "cistern_bare_assert_failed",
    "cistern_bare_exception",
    "cistern_fault_raise",
    "cistern_heap_classify",
    "cistern_heap_repair",
    "thread_end_broken",
    "thread_find_victim",
    "memp_get_by_engine",
    "memp_put_slow",
    "pbuf_report",
    "pool_is_listed",
    "pool_owner",
    "cistern_pool_mend",
    "cistern_pool_raise",
}

# Where a pool that has a strategy of its own calls it: with interrupts masked only the port uses pools,
# and its own are plain. What asks an object of the port whether it is in use.
POINTERS = {
    "bare_object_free": ("sem_in_use", "mutex_in_use", "mbox_in_use"),
    "cistern_pool_get": (),
    "cistern_pool_get_at": (),
    "cistern_pool_put": (),
    "cistern_pool_put_at": (),
    "cistern_pool_get_special": (),
    "cistern_pool_put_special": (),
    "pool_get_at": (),
    "pool_put_at": (),
}

# Calls through a pointer that may return with interrupts masked: a pool is stopped as its strategy has
# it, which is known only while the program runs.
STOPS = {"pool_stop", "cistern_pool_clear"}

CONDITIONS = "eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le"
RISCV_BRANCH = re.compile(r"b(eq|ne|lt|ge|gt|le)u?z?$")
ARM_BRANCH = re.compile(rf"(?:b({CONDITIONS})?|cbn?z)(?:\.[nw])?$")
ARM_CALL = re.compile(rf"blx?(?:{CONDITIONS})?(?:\.[nw])?$")
ARM_RETURN = re.compile(rf"(?:pop|ldmia|bx|mov|ldr)({CONDITIONS})?(?:\.[nw])?$")
NONE = -1


class Unbounded(Exception):
    """Why a function has no bound."""


class Instruction:
    """What one instruction does to the path it is on."""

    def __init__(self, name, operands):
        self.calls = None  # an address, or "pointer"
        self.jumps = None  # an address, or "pointer"
        self.falls = True  # whether the next one may follow
        self.returns = False
        self.deeper = 0  # 1: masks, -1: restores
        target = re.search(r"(?:^|[ ,\t])(?:0x)?([0-9a-f]+) <", operands)
        self.target = int(target.group(1), 16) if target else None
        self.mask(name, operands)
        self.arm(name, operands)
        self.riscv(name, operands)

    def mask(self, name, operands):
        if (name, operands) == ("cpsid", "i") or name in ("csrrc", "csrrci") and ",mstatus,8" in operands:
            self.deeper = 1
        elif name == "msr" and operands.upper().startswith("PRIMASK"):
            self.deeper = -1
        elif name == "csrs" and operands.startswith("mstatus,"):
            self.deeper = -1

    def arm(self, name, operands):
        branch = ARM_BRANCH.match(name)
        way_back = ARM_RETURN.match(name)
        if branch and self.target is not None:
            self.jumps = self.target
            self.falls = bool(branch.group(1)) or name.startswith("cb")
        elif ARM_CALL.match(name) and name != "ble":
            self.calls = self.target if self.target is not None else "pointer"
        elif way_back and (name.startswith("bx") or re.match(r"pc\b|.*\bpc\}", operands)):
            # bx rN and ldr pc go on somewhere else, but for the ways to write a return.
            self.returns = operands in ("lr", "pc, lr") or "{" in operands or "[sp]" in operands
            self.jumps = None if self.returns else "pointer"
            self.falls = bool(way_back.group(1))
        elif name in ("tbb", "tbh"):
            self.jumps, self.falls = "pointer", False

    def riscv(self, name, operands):
        if RISCV_BRANCH.match(name) and self.target is not None:
            self.jumps = self.target
        elif name == "j":
            self.jumps, self.falls = self.target, False
        elif name == "jal":
            self.calls = self.target
        elif name == "jalr":
            self.calls = "pointer"
        elif name == "jr" and operands != "t0":
            self.jumps, self.falls = "pointer", False
        elif name in ("ret", "mret", "jr"):
            # t0 is the way back of the functions that save registers.
            self.returns, self.falls = True, False


class Program:
    """The instructions of an executable, its functions, and the source's names of its code."""

    def __init__(self, board, path):
        prefix = PREFIX.get(board, "arm-none-eabi-")
        self.instructions = {}
        self.functions = {}  # address: name
        text = subprocess.run([prefix + "objdump", "-d", "--no-show-raw-insn", path], check=True,
                              capture_output=True, text=True).stdout
        for line in text.splitlines():
            title = re.match(r"([0-9a-f]+) <(.*)>:$", line)
            row = re.match(r"\s*([0-9a-f]+):\s+([\w.]+)\s*(.*)$", line)
            if title:
                self.functions[int(title.group(1), 16)] = title.group(2)
            elif row and not row.group(2).startswith("."):
                operands = re.sub(r"\s*[@#;].*$", "", row.group(3)).strip()
                self.instructions[int(row.group(1), 16)] = Instruction(row.group(2), operands)
        self.order = sorted(self.instructions)
        self.starts = sorted(self.functions)
        self.sources = {}  # address: the source's functions that its code is of, innermost first
        self.files = {}  # address: the file of the last of these
        self.read_sources(prefix, path)

    def read_sources(self, prefix, path):
        lines = subprocess.run([prefix + "addr2line", "-a", "-f", "-i", "-e", path], check=True,
                               input="\n".join(map(hex, self.order)), capture_output=True,
                               text=True).stdout.splitlines()
        for line in lines:
            if line.startswith("0x"):
                address = int(line, 16)
                names = self.sources.setdefault(address, [])
            elif re.fullmatch(r"[A-Za-z_][\w.]*", line):
                names.append(re.sub(r"(_size|16|32)?(\.\w+)*$", "", line))
            else:
                self.files[address] = re.sub(r"^.*/|:.*$", "", line)

    def after(self, address):
        return self.order[bisect.bisect_right(self.order, address)]

    def function_of(self, address):
        return self.starts[bisect.bisect_right(self.starts, address) - 1]

    def range_of(self, function):
        """The addresses of a function's instructions."""
        index = bisect.bisect_right(self.starts, function)
        end = self.starts[index] if index < len(self.starts) else sys.maxsize
        return self.order[bisect.bisect_left(self.order, function):bisect.bisect_left(self.order, end)]

    def successors(self, address):
        """What may come next in the same function."""
        instruction = self.instructions[address]
        if isinstance(instruction.jumps, int):
            yield instruction.jumps
        if instruction.falls:
            yield self.after(address)

    def source_of(self, address):
        """The function that the code at an address belongs to, by its name in the source."""
        return self.sources.get(address, ["code without a name"])[-1]

    def named(self, name):
        """A function's address; `name` may begin with its file and a colon. None if there is none."""
        file, _, plain = name.rpartition(":")
        return next((address for address, other in self.functions.items() if other == plain
                     and file in ("", self.files.get(address))), None)

    def is_fault(self, address):
        plain = re.sub(r"(_size|16|32)?(\.\w+)*$", "", self.functions.get(address, ""))
        return plain in FAULTS or bool(FAULTS.intersection(self.sources.get(address, ())))


class Paths:
    """The longest stretches on all paths from some point to the end of the function.

    through[d]  from here to a return at depth d > 0, masked all the way
    first       from here to where interrupts are first restored, masked all the way
    best        longest stretch that begins and ends behind here
    open[d]     longest stretch that begins behind here and is not over at a return at depth d; there
                is an open[0], which is 0, if there is a return at depth 0
    """

    def __init__(self):
        self.through = {}
        self.first = NONE
        self.best = 0
        self.open = {}

    def add(self, other, count=0):
        """Another way on from here, `count` masked instructions away."""
        if other.first != NONE:
            self.first = max(self.first, other.first + count)
        for depth, length in other.through.items():
            self.through[depth] = max(self.through.get(depth, NONE), length + count)
        self.add_behind(other)

    def add_behind(self, other):
        self.best = max(self.best, other.best)
        for depth, length in other.open.items():
            self.open[depth] = max(self.open.get(depth, NONE), length)

    def begin(self, other, count):
        """A way on that is behind here, and begins with a stretch of `count` instructions."""
        if other.first != NONE:
            self.best = max(self.best, other.first + count)
        for depth, length in other.through.items():
            self.open[depth] = max(self.open.get(depth, NONE), length + count)
        self.add_behind(other)


class Analysis:
    """Follows every path through the functions of a program."""

    def __init__(self, program):
        self.program = program
        self.known = {}
        self.active = set()

    def bound_of(self, source, header):
        """How often the jump from `source` back to `header` is taken at most."""
        both = set(self.program.sources.get(header, ())) & set(self.program.sources.get(source, ()))
        bounds = [BOUNDS[name] for name in both if name in BOUNDS]
        if not bounds:
            raise Unbounded(f"a loop in {self.program.source_of(header)}")
        return max(bounds)

    def function(self, address, depth):
        """Paths through a whole function that is entered at a depth."""
        key = (address, min(depth, 2))
        if key in self.active:
            raise Unbounded(f"{self.program.source_of(address)} calls itself")
        if key not in self.known:
            self.active.add(key)
            try:
                walk = Walk(self, self.program.function_of(address))
                self.known[key] = walk.paths(address, depth, ())
            finally:
                self.active.discard(key)
        return self.known[key]

    def longest(self, name):
        """The bound of a function that is called with interrupts enabled; of RISC-V's trap handler,
        which the processor enters with interrupts masked, and which enables them last."""
        address = self.program.named(name)
        if name == "trap_entry":
            return max(self.function(address, 1).through.values())
        return self.function(address, 0).best


class Walk:
    """One function. A path is known by its place, its depth and how often it went back where."""

    def __init__(self, analysis, start):
        self.analysis = analysis
        self.program = analysis.program
        self.start = start
        self.known = {}
        self.before = {}  # the ways on from each instruction, backwards
        self.back = set()  # the jumps that close loops
        self.find_loops()

    def find_loops(self):
        """Depth first, without recursion. A table of jumps may lead anywhere: all are beginnings."""
        done, active = set(), set()
        for first in self.program.range_of(self.start):
            todo = [(None, first)]
            while todo:
                source, address = todo.pop()
                if source == "end":
                    active.discard(address)
                elif address in active:
                    self.back.add((source, address))
                elif address not in done:
                    done.add(address)
                    active.add(address)
                    todo.append(("end", address))
                    todo.extend((address, after) for after in self.program.successors(address))
        for address in done:
            for after in self.program.successors(address):
                self.before.setdefault(after, []).append(address)

    def body(self, source, header):
        """The instructions of the loop that is closed by the jump from `source` to `header`."""
        found, todo = {header}, [source]
        while todo:
            address = todo.pop()
            if address not in found:
                found.add(address)
                todo.extend(self.before.get(address, ()))
        return found

    def paths(self, address, depth, rounds):
        """On from an instruction. With interrupts enabled it does not matter how it was come by, and
        where a path comes back to, it was before: what follows is counted there."""
        key = (address, depth, rounds if depth > 0 else ())
        if key not in self.known:
            if depth == 0:
                self.known[key] = Paths()
            self.known[key] = self.step(*key)
        return self.known[key]

    def step(self, address, depth, rounds):
        paths = Paths()
        instruction = self.program.instructions.get(address)
        if instruction is None or self.program.is_fault(address):
            return paths
        after = max(depth + instruction.deeper, 0)
        for on in self.ways_on(address, instruction, after, rounds):
            if depth > 0 and after == 0:
                paths.first = 1
                paths.add_behind(on)
            elif depth == 0 and after > 0:
                paths.begin(on, 1)
            else:
                paths.add(on, 1 if depth > 0 else 0)
        return paths

    def ways_on(self, address, instruction, depth, rounds):
        if instruction.calls is not None:
            yield from self.call(address, instruction.calls, depth, rounds)
            return
        if instruction.returns:
            ended = Paths()
            (ended.through if depth > 0 else ended.open)[depth] = 0
            yield ended
        if instruction.jumps == "pointer":
            yield from self.leave_by_pointer(address, depth, rounds)
        elif instruction.jumps is not None:
            yield self.jump(address, instruction.jumps, depth, rounds)
        if instruction.falls:
            yield self.go(address, self.program.after(address), depth, rounds)

    def go(self, source, address, depth, rounds):
        """The paths on from `address`, unless that goes back once too often."""
        if depth == 0 or (source, address) not in self.back:
            return self.paths(address, depth, rounds)
        times = dict(rounds).get((source, address), 0) + 1
        if times > self.analysis.bound_of(source, address):
            return Paths()
        # Loops inside this one begin anew.
        inside = self.body(source, address) - {address}
        taken = {jump: count for jump, count in rounds if jump[1] not in inside}
        taken[source, address] = times
        return self.paths(address, depth, tuple(sorted(taken.items())))

    def jump(self, source, address, depth, rounds):
        if self.program.function_of(address) == self.start:
            return self.go(source, address, depth, rounds)
        # A call at the function's end.
        return self.analysis.function(address, depth)

    def refuse_stops(self, address):
        if STOPS.intersection(self.program.sources.get(address, ())):
            raise Unbounded("it depends on the pool's strategy")

    def behind_pointer(self, address):
        """What a pointer may lead to with interrupts masked."""
        for name in self.program.sources.get(address, ()):
            if name in POINTERS:
                return [self.program.named(other) for other in POINTERS[name]]
        where = self.program.source_of(address)
        raise Unbounded(f"a call through a pointer in {where}")

    def leave_by_pointer(self, address, depth, rounds):
        """With interrupts enabled, a call at the end or a table of jumps to anywhere in the function."""
        if depth == 0:
            self.refuse_stops(address)
            ended = Paths()
            ended.open[0] = 0
            yield ended
            for place in self.program.range_of(self.start):
                yield self.go(address, place, depth, rounds)
            return
        for callee in self.behind_pointer(address):
            yield self.analysis.function(callee, depth)

    def call(self, address, callee, depth, rounds):
        if callee == "pointer" and depth == 0:
            # What is there is a case of its own.
            self.refuse_stops(address)
            yield self.go(address, self.program.after(address), depth, rounds)
            return
        for each in self.behind_pointer(address) if callee == "pointer" else [callee]:
            if not self.program.is_fault(each):
                yield self.call_one(address, self.analysis.function(each, depth), rounds)

    def call_one(self, address, inside, rounds):
        """A callee's paths, followed by those on from the instruction behind the call."""
        paths = Paths()
        paths.first = inside.first
        paths.best = inside.best
        behind = self.program.after(address)
        for after, length in inside.through.items():
            paths.add(self.go(address, behind, after, rounds), length)
        for after, length in inside.open.items():
            paths.begin(self.go(address, behind, after, rounds), length)
        return paths


def bounds(board, path, names):
    """{function: instructions}, and {function: why it has no bound}"""
    program = Program(board, path)
    analysis = Analysis(program)
    found, none = {}, {}
    for name in names:
        if program.named(name) is not None:
            try:
                found[name] = analysis.longest(name)
            except Unbounded as reason:
                none[name] = str(reason)
    return found, none


def in_a_deep_stack(function):
    """Paths are as deep as functions are long, times the rounds of their loops."""
    sys.setrecursionlimit(200000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def main():
    board, path, *names = sys.argv[1:]
    found, none = bounds(board, path, names)
    for name in names:
        print(f"{name:<36}{found.get(name, none.get(name, 'is not in the program'))}")


if __name__ == "__main__":
    in_a_deep_stack(main)
