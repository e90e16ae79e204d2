# SPDX-License-Identifier: BSD-3-Clause
# cistern - two commands: `make demo` and `make test`. `make help` lists the rest.

# The folder of all that is built: another one serves a source tree that cannot be written.
BUILD = build
export BUILD
ifneq ($(words $(BUILD)),1)
$(error BUILD is "$(BUILD)": one folder, without a space in its name)
endif

# Nothing is written beside the sources.
export PYTHONDONTWRITEBYTECODE = 1

# Where an undefined operation ends a program of gcc's, its place is printed.
export ASAN_OPTIONS ?= handle_sigill=1

BUILD_PACKAGES    = gcc libc6-dev cmake ninja-build pkg-config libpcap-dev libjansson-dev zlib1g-dev libjs-dygraphs?
TEST_PACKAGES     = $(BUILD_PACKAGES) g++ clang clang-format clang-sanitizers libcmocka-dev python3 valgrind
FULL_PACKAGES     = $(TEST_PACKAGES) tcpdump tshark chromium
LWIP_PACKAGES     = $(TEST_PACKAGES) check dpkg-dev gcc-32-bit
BOARD_PACKAGES    = gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm \
                    gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc
FIRMWARE_PACKAGES = cmake ninja-build $(BOARD_PACKAGES) gcc-avr avr-libc simavr python3-minimal
DEVICE_PACKAGES   = $(BOARD_PACKAGES) curl dpkg-dev python3
CROSS_PACKAGES    = cmake ninja-build qemu-user gcc-i686-linux-gnu libc6-dev-i386-cross \
                    gcc-powerpc-linux-gnu libc6-dev-powerpc-cross \
                    gcc-s390x-linux-gnu libc6-dev-s390x-cross \
                    gcc-aarch64-linux-gnu libc6-dev-arm64-cross musl-tools
VERIFY_PACKAGES   = $(BUILD_PACKAGES) g++ libcmocka-dev relacy-dev spin
WIN32_PACKAGES    = cmake ninja-build gcc-mingw-w64-x86-64-win32 wine64
STACKS_PACKAGES   = $(LWIP_PACKAGES) curl wget wrk iproute2 valgrind
DEB_PACKAGES      = $(BUILD_PACKAGES:%?=%) bash-completion debhelper dpkg-dev lintian
INSTALL_PACKAGES  = g++ clang musl-tools meson python3-kconfiglib python3-yaml gcc-avr avr-libc gcc-arm-none-eabi \
                    picolibc-arm-none-eabi qemu-system-arm mmdebstrap
ALL_PACKAGES      = $(sort doxygen $(FULL_PACKAGES) $(DEB_PACKAGES) $(INSTALL_PACKAGES) $(LWIP_PACKAGES) $(STACKS_PACKAGES) \
                      $(DEVICE_PACKAGES) $(FIRMWARE_PACKAGES) $(CROSS_PACKAGES) $(VERIFY_PACKAGES) $(WIN32_PACKAGES))

# Build trees, each a preset: those of the host's tests; of emulated boards, the second of which run
# fewer tests and are not measured; of other processors.
TREES  = asan asan-clang tsan
BOARDS = mps2-an385 microbit mps2-an505 virt-rv32
OTHERS = mps2-an386 mps2-an500 avr
CROSS  = linux-i686 linux-aarch64 linux-powerpc linux-s390x linux-musl

# Configures a tree unless that was done before; then builds what changed. Ninja 1.10 cannot be quiet.
configure = test -f $(BUILD)/$(1)/build.ninja || cmake --preset $(1) -B $(BUILD)/$(1) >/dev/null
build = $(call configure,$(1)); cmake --build $(BUILD)/$(1) -- $$(ninja --help 2>&1 | grep -o -e --quiet)

# Builds trees and runs their tests as one: $(call test_trees,name,trees,options of ctest)
CTEST = ctest --output-on-failure --no-label-summary -j2
test_trees = set -e; $(foreach tree,$(2),$(call build,$(tree));) \
	mkdir -p $(BUILD)/$(1); \
	printf 'subdirs(%s)\n' $(2:%=../%) >$(BUILD)/$(1)/CTestTestfile.cmake; \
	$(CTEST) --test-dir $(BUILD)/$(1) $(3)

.PHONY: help demo release test test-all all-packages test-full test-valgrind test-fuzz test-verify test-lwip test-stacks \
        test-firmware test-bench test-cross test-win32 firmware bench-pool bench-heap bench-pbuf bench-chksum \
        bench-mbox bench-firmware performance docs/performance.md docs/evidence.md lib clean always amalgam arduino cmsis deb \
        travel options api compilations test-install test-freertos test-mynewt test-size truth demo-firmware test-device docs/savings.md docs/report.png

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9\/.-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' Makefile

# The samples' device has one hardware address and several others.
SIZE_SAMPLES = $(BUILD)/release/tools/cistern/cistern size --device 02:00:00:00:00:01

demo: release ## build the program, replay the captures in samples/, size their device, build/report.html
	@$(BUILD)/release/tools/cistern/cistern replay samples/*.pcap samples/*.pcapng
	@page=$(BUILD)/report.html; \
	    [ -n "$$(cmake -P tools/cistern/report/embed.cmake)" ] || page=; \
	    $(SIZE_SAMPLES) $${page:+--report $$page} samples/*.pcap; \
	    echo "$${page:-dygraphs is missing, no page} shows the same and how it came about"

demo-firmware: ## a web server for Cortex-M3 and RV32 in QEMU, fetched by curl; LWIP=<tree>; FREERTOS=<folder>
	@cmake/require.sh $(DEVICE_PACKAGES)
	@LWIP="$(LWIP)" FREERTOS="$(FREERTOS)" examples/device/run.py

test-device: ## that firmware beside itself on lwIP's memory code, and with the sizes of its trace and capture
	@cmake/require.sh $(DEVICE_PACKAGES) $(BUILD_PACKAGES)
	@$(call build,release) cistern_program
	@LWIP="$(LWIP)" tests/stacks/device.py $(BUILD)/release/tools/cistern/cistern

release: ## build the library and the program
	@cmake/require.sh $(BUILD_PACKAGES)
	@$(call build,release)

test: compilations ## the host's tests: gcc and clang, address, undefined and thread sanitizers
	@$(call test_trees,test,$(TREES),-LE full)

compilations: ## how many compilations `make test` is in each tree, of which it must not be too many
	@cmake/require.sh $(TEST_PACKAGES)
	@set -e; $(foreach tree,$(TREES),$(call configure,$(tree));) tests/compilations.sh $(BUILD) 1500 $(TREES)

test-all: all-packages api travel test-full test-valgrind test-fuzz test-verify test-lwip test-stacks test-size test-firmware firmware demo-firmware test-bench test-cross test-win32 test-install test ## everything: also long runs, valgrind, lwIP, emulators

# An hour of two processors has no more place: damage in shorter runs, glibc's libraries.
test-all: export DAMAGES = 50000
test-all: CROSS := $(filter-out linux-musl,$(CROSS))

# First of all, so that who is not root hears of every package at once.
all-packages:
	@cmake/require.sh $(ALL_PACKAGES)

test-full: ## the long runs, and comparisons with tcpdump and tshark
	@cmake/require.sh $(FULL_PACKAGES)
	@$(call test_trees,test-full,debug asan tsan,-L full)

test-valgrind: ## the host's tests under valgrind's memcheck
	@cmake/require.sh $(FULL_PACKAGES)
	@$(call test_trees,test-valgrind,valgrind,-LE full)

test-fuzz: ## the program's readers and the checksum, fuzzed from real captures on
	@cmake/require.sh $(TEST_PACKAGES)
	@$(call test_trees,test-fuzz,fuzz)

test-verify: ## every interleaving of the lock-free and the cached pool, and of a model of the mailbox
	@cmake/require.sh $(VERIFY_PACKAGES)
	@$(call test_trees,test-verify,verify)

test-lwip: ## lwIP's own unit suite, its applications and an echo on this library; LWIP=<tree> for one of yours
	@cmake/require.sh $(LWIP_PACKAGES)
	@tests/interop/lwip.py $(BUILD)/interop $(LWIP) $(LWIP_ROWS)

# Of test-all a part of it: rows that are like others are left out.
test-all: STACKS_ROWS = --some
test-all: export WIDTHS = 64
test-all: export ROUNDS = 1

test-stacks: ## lwIP with the options of public projects, vendors' patterns, a server: a matrix; LWIP=<tree>
	@cmake/require.sh $(STACKS_PACKAGES)
	@$(call build,release) cistern_program
	@tests/stacks/stacks.py $(BUILD)/interop $(LWIP) $(STACKS_ROWS)

docs/evidence.md: always ## what ran on this library, from the tables that test-lwip, test-stacks and test-device left
	@cmake/require.sh python3
	@tests/stacks/evidence.py $(BUILD)/stacks $@

truth: ## what a real lwIP held while it served clients, packet by packet, against what cistern derives
	@cmake/require.sh $(LWIP_PACKAGES)
	@$(call build,debug) tool_truth_test
	@tests/tool/lwip/truth.py make $(BUILD)/interop/truth
	@$(BUILD)/debug/tests/tool/tool_truth_test $(BUILD)/interop/truth

# Of test-all a part of it: SIZE_RUNS names the scenarios, none all of them.
test-all: SIZE_RUNS = fragments sockets-32

test-size: ## lwIP built again with the sizes that cistern asks for, and with one less of each
	@cmake/require.sh $(LWIP_PACKAGES)
	@$(call build,release) cistern_program
	@tests/tool/lwip/truth.py test $(BUILD)/interop/truth $(BUILD)/release/tools/cistern/cistern $(SIZE_RUNS)

test-firmware: ## the tests on emulated Cortex-M3, M0, M33, M4, M7, RV32 and AVR boards
	@cmake/require.sh $(FIRMWARE_PACKAGES)
	@$(call test_trees,test-firmware,$(BOARDS) $(OTHERS),-LE full)
	@$(foreach board,$(BOARDS),echo "interrupt sweep, $(board):"; \
	    tail -n 2 $(BUILD)/$(board)/tests/target/sweep.summary;)

test-cross: ## the tests but for races on 32 and 64 bits of both byte orders, of NEON, and of musl
	@cmake/require.sh $(CROSS_PACKAGES)
	@$(call test_trees,test-cross,$(CROSS),-LE 'full|threads')

test-win32: ## the tests on 64-bit Windows, as Wine has it
	@cmake/require.sh $(WIN32_PACKAGES)
	@$(call test_trees,test-win32,win32,-LE full)

test-freertos: ## ports/freertos on a kernel of yours: make test-freertos FREERTOS=folder-with-tasks.c
	@cmake/require.sh gcc libc6-dev gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm
	@tests/freertos/run.sh "$(CURDIR)" "$(FREERTOS)" "$(abspath $(BUILD))/freertos"

test-mynewt: ## suites of Mynewt's tree on this library: MYNEWT=<project of newt's>; NEWT=<program>; SUITES="@repository/package ..."
	@cmake/require.sh gcc libc6-dev python3 python3-yaml
	@NEWT="$(NEWT)" SUITES="$(SUITES)" tests/interop/mynewt.py "$(abspath $(BUILD))/mynewt" "$(MYNEWT)"

test-install: release ## every way in which the library reaches a project of a user's
	@cmake/require.sh $(INSTALL_PACKAGES)
	@tests/install.sh "$(CURDIR)" "$(abspath $(BUILD))/release"
	@tests/packages.py "$(CURDIR)"
	@tests/pages.py "$(CURDIR)"
	@! command -v apt-get >/dev/null || { $(MAKE) --no-print-directory deb && tests/deb.sh "$(CURDIR)" $(BUILD)/deb; }
	@tests/distributions.sh "$(CURDIR)" "$(abspath $(BUILD))/distributions" $(DISTRIBUTIONS)

# Debian's and Ubuntu's releases to try, e.g. "bookworm trixie jammy noble"; empty: one that this is not; none.
DISTRIBUTIONS =

-include packaging/publisher.mk # of a whole tree

arduino: ## an Arduino library of the engines: build/arduino/cistern-*.zip; URL= where it is published
	@cmake/require.sh python3
	@tools/arduino.py $(BUILD)/arduino $(URL) '$(MAINTAINER)'

cmsis: ## a CMSIS-Pack: build/cmsis/cistern.cistern.*.pack; URL= where it is published
	@cmake/require.sh python3
	@tools/cmsis_pack.py $(BUILD)/cmsis $(URL)

deb: ## Debian packages: build/deb/libcistern-dev_*.deb and cistern_*.deb
	@cmake/require.sh $(DEB_PACKAGES)
	@rm -rf $(BUILD)/deb
	@mkdir -p $(BUILD)/deb/cistern
	@tar -c --mode=u+w --exclude=./build --exclude='./$(BUILD)' --exclude=./.git . | tar -x -C $(BUILD)/deb/cistern
	@cd $(BUILD)/deb/cistern && dpkg-buildpackage --build=binary --unsigned-changes >../log 2>&1 || \
	    { cat ../log >&2; exit 1; }
	@rm -rf $(BUILD)/deb/cistern
	@lintian --fail-on error,warning $(BUILD)/deb/*.changes

amalgam: ## the library as few files: build/amalgam/cistern.[ch], cistern_lwip.[ch], cistern_mynewt.[ch]
	@cmake/require.sh python3
	@tools/amalgam.py $(BUILD)/amalgam

options: ## docs/options.md and Zephyr's Kconfig from the tables of options in the headers
	@tools/options.py

api: ## the API reference, which must build without a warning: build/api/html/index.html
	@cmake/require.sh doxygen python3
	@mkdir -p $(BUILD)/api
	@{ cat docs/Doxyfile; echo 'OUTPUT_DIRECTORY = $(BUILD)/api'; } | doxygen -
	@python3 tests/api.py $(BUILD)/api/xml

travel: ## the functions and files that run for one call of each usual operation, and their limits
	@cmake/require.sh gcc libc6-dev python3 valgrind
	@tests/travel/travel.py . $(BUILD)/travel

firmware: ## flash, RAM, stack, instructions and masked stretches on each board, against the committed ones
	@cmake/require.sh $(FIRMWARE_PACKAGES)
	@set -e; $(foreach board,$(BOARDS),$(call build,$(board)) firmware;)
	@tests/target/firmware.py $(BUILD) tests/target/firmware-budget.json $(BUILD)/firmware/report.json \
	    $(BOARDS) $(FIRMWARE_FLAGS)

test-bench: ## the programs that the benchmarks measure, built
	@cmake/require.sh gcc libc6-dev python3 dpkg-dev
	@tests/benchmarks.py

bench-pool: ## measure pools against lwIP, DPDK, glibc, mimalloc and jemalloc: build/bench/pool.json
	@cmake/require.sh gcc libc6-dev python3 pkg-config dpkg-dev libdpdk-dev libmimalloc-dev libjemalloc-dev \
	    valgrind gcc-arm-none-eabi picolibc-arm-none-eabi
	@python3 bench/pool/measure.py

bench-heap: ## measure the heap against lwIP, glibc, mimalloc and jemalloc: build/bench/heap.json
	@cmake/require.sh gcc libc6-dev python3 valgrind dpkg-dev libmimalloc-dev libjemalloc-dev \
	    gnuplot-nox gcc-arm-none-eabi picolibc-arm-none-eabi
	@python3 bench/heap/measure.py

bench-pbuf: ## measure packet buffers against lwIP and DPDK: build/bench/pbuf.json
	@cmake/require.sh gcc libc6-dev python3 pkg-config valgrind dpkg-dev libdpdk-dev \
	    gcc-arm-none-eabi picolibc-arm-none-eabi
	@python3 bench/pbuf/measure.py

bench-chksum: ## measure the checksum against lwIP and DPDK: build/bench/chksum.json
	@cmake/require.sh gcc libc6-dev python3 dpkg-dev pkg-config libdpdk-dev valgrind $(BOARD_PACKAGES)
	@python3 bench/chksum/measure.py

bench-mbox: ## measure mailboxes against lwIP's unix port: build/bench/mbox.json
	@cmake/require.sh gcc libc6-dev python3 dpkg-dev
	@python3 bench/mbox/measure.py

bench-firmware: ## lwIP's echo on Cortex-M3 and M0+ with its own memory and with ours: build/bench/firmware.json
	@cmake/require.sh gcc libc6-dev python3 dpkg-dev valgrind $(BOARD_PACKAGES)
	@python3 bench/firmware/measure.py

BENCHES = $(patsubst bench/%/main.c,bench-%,$(wildcard bench/*/main.c))

performance: ## all benchmarks and the firmware's numbers, one after the other, then docs/performance.md
	@status=0; for command in $(BENCHES) firmware docs/performance.md; do \
	    $(MAKE) --no-print-directory $$command || status=1; done; exit $$status

docs/performance.md: ## write that page anew from what was measured last
	@python3 bench/performance.py build bench/reasons.json $@

docs/savings.md: release ## RAM of shipped configurations beside what the samples need
	@cmake/require.sh python3
	@tools/savings/savings.py $(BUILD)/release/tools/cistern/cistern tools/savings/configurations.json $@ samples/*.pcap

docs/report.png: release ## the picture of a report that README.md shows
	@cmake/require.sh python3 chromium
	@$(SIZE_SAMPLES) --report $(BUILD)/picture.html samples/http.pcap >/dev/null
	@tools/cistern/report/picture.py $(BUILD)/picture.html $@

# Only a C compiler and make: the library with every default, in build/libcistern.a. CFLAGS are the
# user's; when they change, or the compiler does, everything is compiled again.
LIB_SOURCES = $(wildcard src/*/*.c ports/posix/*.c ports/common/*.c)
LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/lib/%.o)
LIB_COMPILE = $(CC) -std=c11 -O2 -fPIC -MMD $(CFLAGS) -Iinclude -Iinclude/standalone -Iports/posix \
              -Iports/common -Isrc

lib: $(BUILD)/libcistern.a ## the library alone, with nothing but $(CC) and make

$(BUILD)/libcistern.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/lib/%.o: %.c $(BUILD)/lib/command
	@mkdir -p $(@D)
	$(LIB_COMPILE) -c $< -o $@

$(BUILD)/lib/command: always
	@mkdir -p $(@D)
	@echo '$(LIB_COMPILE)' | cmp -s - $@ || echo '$(LIB_COMPILE)' >$@

-include $(LIB_OBJECTS:.o=.d)

clean: ## remove everything that was built
	rm -rf $(BUILD)
