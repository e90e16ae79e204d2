#!/bin/sh
# Makes sure that Debian packages are installed: require.sh PACKAGE...
# As root it installs what is missing; otherwise it says exactly what to install, and fails.
set -eu

missing=
for package in "$@"; do
    if ! dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing. As root, run:" >&2
    echo "    apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=500 update -qq
# shellcheck disable=SC2086 # a list of words
apt-get -o DPkg::Lock::Timeout=500 install -qq -y --no-install-recommends $missing >/dev/null
