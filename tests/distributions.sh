#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The first minutes on other distributions: distributions.sh ROOT FOLDER [SUITE ...]
# Each SUITE (bookworm, trixie: Debian 12, 13; jammy, noble: Ubuntu 22.04, 24.04; none: a Debian that this
# machine does not have) becomes a root of its smallest installation, FOLDER/SUITE, which is kept. In it the
# tree lies read-only in a path with a space, and no terminal is mounted:
# - a user without rights hears what is missing, and which command installs it;
# - root's `make demo` and `make lib` install what they need and end well;
# - the same user builds and runs tests of each module, and the program of README.md's first lines.
# GOALS are make's goals that root runs, instead of demo: GOALS=test for the whole of it.
# Needs root, mmdebstrap and unshare. Where no mounts may be made, as in most containers, that is said, and
# suites that were named fail.
set -eu
tree="/srv/a tree"
as_user="setpriv --reuid=1234 --regid=1234 --clear-groups env HOME=/tmp"
tests="pool_test mem_arena_test memp_test pbuf_test os_mempool_test inet_chksum_test port_suite posix_test"

fail() {
    echo "distributions.sh: $*" >&2
    exit 1
}

# quietly COMMAND...: what it prints is shown when it fails.
quietly() {
    "$@" >"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        fail "$suite: $* fails"
    }
}

inside() {
    export DEBIAN_FRONTEND=noninteractive
    echo 'force-unsafe-io' >/etc/dpkg/dpkg.cfg.d/unsafe-io
    command -v make >/dev/null || {
        quietly apt-get update
        quietly apt-get install -y --no-install-recommends make
    }
    cd "$tree"
    if ! command -v cmake >/dev/null; then
        if $as_user make demo BUILD=/tmp/none >"$log" 2>&1; then
            fail "$suite: make demo ends well without cmake"
        fi
        grep -q 'missing here:.* cmake' "$log" && grep -q 'apt-get install.* cmake' "$log" || {
            cat "$log" >&2
            fail "$suite: nothing says what is missing"
        }
    fi
    for goal in $GOALS; do
        quietly make "$goal" BUILD=/tmp/root
        grep -E 'tests passed|tests failed' "$log" || :
    done
    quietly cmake/require.sh g++ libcmocka-dev python3
    $as_user sh "$tree/tests/distributions.sh" user
    du -sh /tmp/root | sed "s|^|$suite: |"
}

user() {
    mkdir /tmp/user
    cd "$tree"
    quietly cmake --preset debug -B /tmp/user/debug -DCISTERN_BUILD_TOOL=OFF
    # shellcheck disable=SC2086 # a list of words
    quietly cmake --build /tmp/user/debug --target $tests
    for test in $tests; do
        quietly find /tmp/user/debug -name "$test" -type f -exec {} ';'
    done
    quietly make lib BUILD=/tmp/user/lib
    awk '/^```c$/ { print_it = 1; next } /^```$/ && print_it { exit } print_it' README.md >/tmp/user/frames.c
    quietly cc /tmp/user/frames.c -Iinclude -Iports/posix -Iports/common /tmp/user/lib/libcistern.a -o /tmp/user/frames
    quietly /tmp/user/frames
}

# The keys that sign Ubuntu's packages, from Debian's package of them; Debian 12 has none.
ubuntu_keys() {
    keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
    [ ! -f $keys ] || return 0
    keys=$folder/ubuntu-archive-keyring.gpg
    [ -f "$keys" ] || {
        make_root trixie
        chroot "$folder/trixie" sh -euc 'apt-get update -qq
            apt-get install -qq -y -o Dpkg::Use-Pty=0 ubuntu-keyring >/dev/null'
        cp "$folder/trixie/usr/share/keyrings/ubuntu-archive-keyring.gpg" "$keys"
    }
}

make_root() (
    suite=$1
    [ ! -f "$folder/$suite.made" ] || exit 0
    rm -rf "${folder:?}/$suite"
    mkdir -p "$folder"
    options=
    case $suite in
    jammy | noble) ubuntu_keys && options="--keyring=$keys --components=main,universe" ;;
    esac
    # shellcheck disable=SC2086 # a list of words
    mmdebstrap --quiet --variant=apt --aptopt='Acquire::Retries "5"' $options "$suite" "$folder/$suite" >"$folder/$suite.log" 2>&1 || {
        cat "$folder/$suite.log" >&2
        fail "$suite: no root can be made"
    }
    mkdir "$folder/$suite$tree"
    touch "$folder/$suite.made"
)

# In mounts of its own, which are gone with it.
in_root() {
    unshare --mount --pid --fork --kill-child sh -euc '
        mount --bind "$1" "$2$3"
        mount -o remount,ro,bind "$2$3"
        mount -t tmpfs -o mode=1777,exec tmpfs "$2/tmp"
        mount -t proc proc "$2/proc"
        exec chroot "$2" env -i PATH="$PATH" LANG=C.UTF-8 suite="$4" GOALS="$5" sh "$3/tests/distributions.sh" inside' \
        sh "$root" "$folder/$suite" "$tree" "$suite" "$GOALS"
}

case $1 in
inside | user)
    log=$(mktemp)
    "$1"
    exit 0
    ;;
esac

root=$1
folder=$2
shift 2
GOALS=${GOALS:-demo}
if [ "${1:-}" = none ]; then
    echo "distributions: none, as asked"
    exit 0
fi
if ! { [ "$(id -u)" -eq 0 ] && unshare --mount --pid --fork true 2>/dev/null; }; then
    [ $# -eq 0 ] || fail "who may not mount cannot try $*"
    echo "distributions: none, since mounts are not permitted here"
    exit 0
fi
if [ $# -eq 0 ]; then
    grep -q trixie /etc/os-release && set -- bookworm || set -- trixie
fi
for suite in "$@"; do
    make_root "$suite"
    in_root
    echo "distributions: $suite ($(sed -n 's/^PRETTY_NAME=//p' "$folder/$suite/etc/os-release"))"
done
