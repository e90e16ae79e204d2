#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# include/cistern/port.h has every name that the library asks of a port, and no other.
#   names.sh ROOT
set -eu
cd "$1"
page=include/cistern/port.h
names='CISTERN_PORT_[A-Z_]*[A-Z]|cistern_port_[a-z_]*[a-z]|cistern_critical_[a-z]+|arch/[a-z_]+\.h'
status=0

asked=$(find src include -name '*.[ch]' ! -path "$page" -exec grep -ohE "$names" {} + | sort -u)
listed=$(grep -oE "$names" $page | grep -v '^CISTERN_PORT_H$' | sort -u)
[ "$(echo "$asked" | wc -l)" -gt 40 ] || {
    echo "names.sh: too few names were found in src and include"
    exit 1
}
for name in $asked; do
    echo "$listed" | grep -qx "$name" || {
        echo "$name is asked of a port, and $page does not say so:"
        grep -rn "$name" src include | head -n 2
        status=1
    }
done
for name in $listed; do
    echo "$asked" | grep -qx "$name" || {
        echo "$page lists $name, which nothing asks for"
        status=1
    }
done
exit $status
