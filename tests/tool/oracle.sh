#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# oracle.sh PROGRAM FILE... - compares `cistern replay` with tcpdump and tshark: the number of
# packets, and for each kind of checksum how many are good and how many are bad. Fails at the first
# difference. Ends with the number of captures compared.
set -eu

program=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tshark's verdicts, one line per kind: name good bad. The protocols of a frame are looked at up to
# the first ICMP or the second IP header: what an ICMP message quotes is not the frame's own. The
# status is 0 bad, 1 good, 2 unverified, 3 not present, 4 illegal (UDP over IPv6 without one). Where
# the IP header claims more bytes than the frame has, tshark sums those that are there; to us such a
# checksum is absent.
verdicts() {
    tshark -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -T fields -E occurrence=f -E separator=/t -e frame.protocols \
        -e ip.checksum.status -e icmp.checksum.status -e icmpv6.checksum.status \
        -e igmp.checksum.status -e tcp.checksum.status -e udp.checksum.status \
        -e ip.bogus_ip_length 2>/dev/null |
        awk -F '\t' '
            function see(kind, status) {
                good[kind] += status == 1
                bad[kind] += status == 0 || status == 4
            }
            {
                count = split($1, protocol, ":")
                inside = 0
                if ($8 != "") $3 = $4 = $5 = $6 = $7 = ""
                for (i = 1; i <= count && inside < 2; ++i) {
                    if (protocol[i] == "ip" || protocol[i] == "ipv6") {
                        if (++inside == 2) break
                        if (protocol[i] == "ip" && $2 != "") see("ipv4", $2)
                    }
                    if (protocol[i] == "icmp" && $3 != "") see("icmp", $3)
                    if (protocol[i] == "icmpv6" && $4 != "") see("icmpv6", $4)
                    if (protocol[i] == "icmp" || protocol[i] == "icmpv6") break
                    if (protocol[i] == "igmp" && $5 != "") {
                        see("igmp", $5) # its records are listed as protocols of their own
                        break
                    }
                    if (protocol[i] == "tcp" && $6 != "") see("tcp", $6)
                    if (protocol[i] == "udp" && $7 != "") see("udp", $7)
                }
            }
            END {
                split("ipv4 icmp icmpv6 igmp tcp udp", kind, " ")
                for (i = 1; i <= 6; ++i)
                    if (good[kind[i]] + bad[kind[i]] > 0)
                        print kind[i], good[kind[i]] + 0, bad[kind[i]] + 0
            }'
}

# The same out of the program's table.
ours() {
    awk '$1 == "checksums" { inside = 1; next }
         $1 == "answers" { inside = 0 }
         inside && $2 + $3 > 0 { print $1, $2, $3 }' "$1"
}

compared=0
for file in "$@"; do
    for threads in 0 1; do
        "$program" replay --threads "$threads" "$file" >"$work/table" 2>/dev/null
        packets=$(awk '/in the capture/ { print $4; exit }' "$work/table")
        expected=$(tcpdump -r "$file" --count 2>/dev/null | awk '{ print $1 }')
        if [ "$packets" != "$expected" ]; then
            echo "$file: $packets packets, tcpdump counts $expected"
            exit 1
        fi
        ours "$work/table" >"$work/ours"
        verdicts "$file" >"$work/theirs"
        if ! diff "$work/theirs" "$work/ours" >"$work/difference"; then
            echo "$file: checksums differ (< tshark, > cistern):"
            cat "$work/difference"
            exit 1
        fi
    done
    compared=$((compared + 1))
done
echo "$compared captures agree with tcpdump and tshark"
