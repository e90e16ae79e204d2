#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The table of docs/contexts.md has each call of the public headers once: contexts.sh ROOT
set -eu
cd "$1"

# Types of functions; a call with the caller's place, which has the row of the one without; what headers call
# in place of the user; the sums, which the page has as a group.
inner='_t$|_fn$|_at$|^cistern_chksum_|^pbuf_pool_is_empty$|^cistern_port_fault$
^lwip_(swap|system)_?[0-9]+$|^cistern_trace_(event|pool|heap|describe_malloc)$|_needs_a_pointer_to_pbuf_len_t$
^cistern_pbuf_(add_header|remove_header|is_held|move_start|own_headroom)$
^cistern_bare_(assert_failed|diag|fault_hook|random)$'
outer='^pbuf_(take|put|get|try_get)_at$'

names=$(sed -nE 's/^(extern |static inline )?[A-Za-z_][A-Za-z0-9_ ]*[ *]\(?([a-z][a-z0-9_]*)\(.*/\2/p' \
    include/cistern/pool.h include/cistern/heap.h include/cistern/pbuf.h include/cistern/pbuf_history.h \
    include/cistern/fault.h include/cistern/critical.h include/cistern/trace.h include/lwip/mem.h include/lwip/memp.h \
    include/lwip/pbuf.h include/lwip/sys.h include/lwip/def.h include/lwip/inet_chksum.h \
    include/standalone/lwip/stats.h include/os/os_mempool.h ports/bare/cistern_bare.h ports/common/arch/core_lock.h |
    sort -u)
public=$(printf '%s\n' "$names" | grep -Ev "$(echo "$inner" | paste -sd '|')"
    printf '%s\n' "$names" | grep -E "$outer")
[ "$(echo "$public" | wc -l)" -ge 170 ] || { echo "contexts.sh: the headers were not understood" >&2; exit 1; }

wrong=0
rows=$(sed -nE 's/^\|([^|]*)\|.*/\1/p' docs/contexts.md)
for name in $public; do
    times=$(echo "$rows" | grep -o "\`$name\`" | wc -l)
    [ "$times" -eq 1 ] || {
        echo "docs/contexts.md names $name $times times in its table" >&2
        wrong=1
    }
done
exit $wrong
