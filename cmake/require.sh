#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Makes sure that what a command needs is there: require.sh NEED...
# A need is named as its Debian package, but is looked for as what it gives (a program, a library that
# pkg-config knows, a compiler that links), so that it may come from anywhere. What is missing is
# installed where that can be done (as root, with apt-get); else it is named, and the script fails.
# NEED? is used where it can be had: where the system has no package of it, a line says what is left out.
set -eu

links() { # COMPILER FLAG...: it makes a program
    echo 'int main(void) { return 0; }' | "$@" -x c - -o "$probe" 2>/dev/null
}

includes() { # COMPILER HEADER
    echo "#include <$2>" | $1 -E - >/dev/null 2>&1
}

has() {
    case $1 in
    gcc-*-linux-gnu) has_program "${1#gcc-}-gcc" ;;
    picolibc-arm-none-eabi) arm-none-eabi-gcc --specs=picolibc.specs -E - </dev/null >/dev/null 2>&1 ;;
    picolibc-riscv64-unknown-elf)
        riscv64-unknown-elf-gcc --specs=picolibc.specs -E - </dev/null >/dev/null 2>&1
        ;;
    libc6-dev) links cc ;;
    libc6-dev-arm64-cross) includes aarch64-linux-gnu-gcc stdio.h ;;
    libc6-dev-i386-cross) includes i686-linux-gnu-gcc stdio.h ;;
    libc6-dev-*-cross)
        cross=${1#libc6-dev-}
        includes "${cross%-cross}-linux-gnu-gcc" stdio.h
        ;;
    avr-libc) includes avr-gcc avr/io.h ;;
    relacy-dev) includes "g++ -x c++" relacy/relacy.hpp ;;
    clang-sanitizers) links clang -fsanitize=address,undefined,fuzzer-no-link ;;
    gcc-32-bit) links gcc -m32 ;;
    ninja-build) has_program ninja ;;
    python3-minimal) has_program python3 ;;
    dpkg-dev) has_program dpkg-source ;;
    qemu-system-misc) has_program qemu-system-riscv32 ;;
    qemu-user) has_program qemu-s390x ;;
    gcc-avr) has_program avr-gcc ;;
    musl-tools) has_program musl-gcc ;;
    gnuplot-nox) has_program gnuplot ;;
    gcc-mingw-w64-x86-64-win32) has_program x86_64-w64-mingw32-gcc ;;
    gcc-arm-none-eabi) has_program arm-none-eabi-gcc ;;
    gcc-riscv64-unknown-elf) has_program riscv64-unknown-elf-gcc ;;
    libpcap-dev) has_library libpcap ;;
    libjansson-dev) has_library jansson ;;
    libcmocka-dev) has_library cmocka ;;
    check) has_library check ;;
    zlib1g-dev) has_library zlib ;;
    libjs-dygraphs) [ -f /usr/share/javascript/dygraphs/dygraph.min.js ] ;;
    chromium) has_program chromium || has_program google-chrome ;;
    libdpdk-dev) has_library libdpdk ;;
    libmimalloc-dev) includes cc mimalloc.h ;;
    libjemalloc-dev) has_library jemalloc ;;
    bash-completion) has_library bash-completion ;;
    python3-kconfiglib | python3-yaml) /usr/bin/python3 -c "import ${1#python3-}" 2>/dev/null ;;
    debhelper) has_program dh ;;
    iproute2) has_program ip ;;
    wine64) [ -x /usr/lib/wine/wine64 ] ;;
    *) has_program "$1" ;;
    esac
}

has_program() {
    command -v "$1" >/dev/null 2>&1
}

has_library() {
    pkg-config --exists "$1" 2>/dev/null
}

# What Debian and its relatives call a need, where that depends on the compilers they have.
packages_of() {
    case $1 in
    clang-sanitizers) echo "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" ;;
    gcc-32-bit) echo "libc6-dev-i386 lib32gcc-$(gcc -dumpversion | cut -d. -f1)-dev" ;;
    *) echo "$1" ;;
    esac
}

missing_of() {
    missing=
    for need in "$@"; do
        has "${need%'?'}" || missing="$missing $need"
    done
}

# Of what is missing, only what can be done without.
only_optional() {
    for need in $missing; do
        [ "$need" != "${need%'?'}" ] || return 1
    done
}

# Needs whose packages are known only once a compiler is there come in a second round.
install_missing() {
    packages=
    for need in $missing; do
        case $need in
        clang-sanitizers) command -v clang >/dev/null 2>&1 || continue ;;
        gcc-32-bit) command -v gcc >/dev/null 2>&1 || continue ;;
        *'?') apt-cache show "${need%'?'}" >/dev/null 2>&1 || continue ;;
        esac
        packages="$packages $(packages_of "${need%'?'}")"
    done
    [ -n "$packages" ] || return 0
    echo "Installing:$packages"
    # shellcheck disable=SC2086 # a list of words
    apt-get -o DPkg::Lock::Timeout=500 install -qq -y --no-install-recommends $packages >/dev/null
}

probe=$(mktemp)
trap 'rm -f "$probe"' EXIT
missing_of "$@"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=500 update -qq
    for _ in 1 2; do
        install_missing
        missing_of "$@"
        [ -n "$missing" ] || exit 0
    done
fi

if only_optional; then
    echo "Left out, since this is missing here:$missing"
    exit 0
fi
missing=$(echo "$missing" | tr -d '?')
echo "This needs what is missing here:$missing" >&2
if command -v apt-get >/dev/null 2>&1; then
    # shellcheck disable=SC2046,SC2086 # lists of words
    echo "    apt-get update && apt-get install --no-install-recommends" \
        $(for need in $missing; do packages_of "$need" 2>/dev/null || echo "$need"; done) >&2
else
    echo "The names are Debian's; install what your system calls so." >&2
fi
exit 1
