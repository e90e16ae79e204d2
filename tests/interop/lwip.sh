#!/bin/sh
# First contact with the real stack: lwIP's Debian source package, no line of it changed, built with
# this library's mem, memp, pbuf, def, inet_chksum, stats and sys in place of its own.
#
#   lwip.sh FOLDER      works in FOLDER, which may exist from an earlier run
#
# 1. lwIP's own unit suite passes, on 64 and on 32 bits, with its test options and with more.
# 2. A TCP and UDP echo over lwIP's loop interface runs on the posix port, with threads.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
cd "$1"

# --- sources: fetched once, by the distribution's own means, into the folder -----------------------

fetch() { # fetch PACKAGE: its source as ./PACKAGE
    [ -d "$1" ] && return
    mkdir -p apt/lists/partial apt/archives/partial
    . /etc/os-release
    echo "deb-src http://deb.debian.org/debian $VERSION_CODENAME main" >apt/sources.list
    set -- "$1" -o Dir::Etc::sourcelist="$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$PWD/apt/lists" -o Dir::Cache::archives="$PWD/apt/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root
    package=$1
    shift
    apt-get "$@" update -qq
    apt-get "$@" source -qq --download-only "$package" >/dev/null
    mkdir "$package.new"
    tar xf "$package"_*.orig.tar.* -C "$package.new" --strip-components=1
    mv "$package.new" "$package"
}

fetch lwip
fetch check
mkdir -p empty
: >empty/config.h # the suite includes what lwIP's own build would generate

# Without gcc-multilib, which excludes the cross compilers, 32-bit programs look for the kernel's
# headers where they are not.
m32="-m32 -idirafter /usr/include/$(gcc -print-multiarch)"

# The suite's test library for 32 bits: no package of it can be installed beside the 64-bit one.
if [ ! -f check32/src/libcheck.a ]; then
    cmake -Wno-dev -Wno-deprecated -S check -B check32 -DCMAKE_C_FLAGS="$m32 -w" \
        -DBUILD_TESTING=OFF >/dev/null
    cmake --build check32 --target check >/dev/null
fi

# --- building --------------------------------------------------------------------------------------

replaced='core/(mem|memp|pbuf|def|inet_chksum|stats|sys)\.c$'

compile() { # compile NAME FLAGS SOURCE...: objects in ./NAME
    name=$1
    flags=$2
    shift 2
    rm -rf "$name"
    mkdir "$name"
    for source in "$@"; do
        echo "$source" "$name/$(echo "$source" | tr / _).o"
    done | xargs -P "$(nproc)" -L 1 sh -c "gcc -c -g -O1 $flags \$0 -o \$1 || exit 255"
}

stack="$(find lwip/src/core lwip/src/api -name '*.c' | grep -vE "$replaced") lwip/src/netif/ethernet.c"
library="$(ls "$root"/src/*/*.c)"
suite="lwip/src/apps/mdns/mdns.c lwip/src/apps/mqtt/mqtt.c $(sed -n \
    's#.*$(TESTDIR)\(/[a-z0-9_/]*\.c\).*#lwip/test/unit\1#p' lwip/test/unit/Filelists.mk)"
port="$root/ports/posix"
shared="$root/ports/common"
common="-I$root/include -I$port -I$shared -Ilwip/src/include"

run_suite() { # run_suite NAME FLAGS LIBRARIES: the suite brings a sys_arch of its own, for one thread
    # shellcheck disable=SC2086 # lists of words
    compile "$1" "$2 -w -Iempty -Ilwip/test/unit $common" $stack $suite $library \
        "$port/chksum.c" "$port/sys_host.c" \
        "$shared/critical.c" "$shared/quick_lock.c" "$shared/platform.c" "$shared/threads.c"
    # shellcheck disable=SC2086
    gcc $2 "$1"/*.o $3 -lpthread -lrt -lm -o "$1/suite"
    if ! timeout 120 "$1/suite" >"$1/log" 2>&1; then
        cat "$1/log"
        echo "FAILED: lwIP's unit suite, $1"
        exit 1
    fi
    printf '%-16s %s\n' "$1" "$(grep Checks: "$1/log")"
}

run_echo() { # run_echo NAME FLAGS
    # shellcheck disable=SC2086 # lists of words
    compile "$1" "$2 -I$root/tests/interop/lwip_sockets $common" $stack $library "$port"/*.c "$shared"/*.c \
        "$root/tests/interop/lwip_echo.c"
    # shellcheck disable=SC2086
    gcc $2 "$1"/*.o -lpthread -o "$1/echo"
    printf '%-16s ' "$1"
    timeout 60 "$1/echo"
}

# --- all of it -------------------------------------------------------------------------------------

suite64=$(pkg-config --libs check)
suite32=check32/src/libcheck.a
run_suite suite-64 "" "$suite64"
run_suite suite-32 "$m32" "$suite32"
run_suite suite-asan "-fsanitize=address,undefined -fno-sanitize=alignment" "$suite64"
run_suite suite-noassert "-DLWIP_NOASSERT" "$suite64"
run_suite suite-display "-DLWIP_STATS_DISPLAY=1" "$suite64"
run_suite suite-chksum-1 "-DLWIP_CHKSUM_ALGORITHM=1" "$suite64"
run_echo echo-64 ""
run_echo echo-32 "$m32"
run_echo echo-asan "-fsanitize=address,undefined -fno-sanitize=alignment"
