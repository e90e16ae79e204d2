#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Records the captures of this folder from real programs.
#
# For each capture it makes two network namespaces joined by a veth pair:
#
#       device 192.0.2.1                       peer 192.0.2.2
#     +-----------------+                   +-----------------+
#     |  eth0  ...:01   +------- veth ------+  eth0  ...:02   |
#     +--------^--------+     10 Mbit/s     +-----------------+
#              tcpdump
#
# The capture is the view of the device, the small machine that a user of cistern
# builds. Nothing listens outside the namespaces and neither of them has a route out.
set -euo pipefail
export LC_ALL=C

samples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly samples
readonly python=/usr/bin/python3 # Debian's: it sees Debian's python3-pymodbus
readonly device=cistern-device-$$ peer=cistern-peer-$$
readonly device_mac=02:00:00:00:00:01 peer_mac=02:00:00:00:00:02
readonly device_ip=192.0.2.1 peer_ip=192.0.2.2
readonly offload_sample=modbus # its device leaves TCP checksums to the "card"
readonly pcapng_sample=coap    # is also saved as pcapng
readonly interrupted=130       # exit status after Ctrl-C

readonly packages=(
    bind9-dnsutils busybox curl dnsmasq-base ethtool iproute2 iputils-ping libcoap3-bin
    mbpoll mosquitto mosquitto-clients nginx python3-pymodbus
    python3-serial python3-serial-asyncio tcpdump tshark wireshark-common
)

declare -a names=()
declare -A what=() programs=() must_show=()

# A capture: what it shows and which programs talk, for the table, and what it must contain, as
# display filters separated by '|'.
sample() { # name, what, programs, filters
    names+=("$1")
    what[$1]=$2
    programs[$1]=$3
    must_show[$1]=$4
}

sample http \
    "The device serves files of 200 B to 150 KB: six connections at once, keep-alive, HEAD, 304, 404, range; two uploads (PUT) to it" \
    "nginx, curl" \
    'http.response.code==200|http.response.code==201|http.response.code==206|http.response.code==304|http.response.code==404|http.request.method==PUT|tcp.stream==8'
sample mqtt \
    "The device publishes telemetry at QoS 0, 1 and 2 (paced lines, retained, an 8 KB message) and subscribes to commands; keep-alive pings" \
    "mosquitto, mosquitto_pub, mosquitto_sub" \
    'mqtt.qos==0|mqtt.qos==1|mqtt.qos==2|mqtt.retain==1|mqtt.msgtype==7|mqtt.msgtype==12|mqtt.msgtype==8'
sample coap \
    "The device serves resources: GET (confirmable and not), PUT, DELETE, 4.04, observe, separate response, block-wise in both directions" \
    "coap-server, coap-client (libcoap)" \
    'coap.code==1|coap.code==3|coap.code==4|coap.code==132|coap.opt.observe|coap.opt.block_number>3|coap.type==1'
sample dns \
    "The device resolves A, AAAA, TXT, CNAME, MX, SRV, PTR, NXDOMAIN; a truncated answer retried over TCP; queries over TCP" \
    "dnsmasq, dig" \
    'dns.qry.type==1|dns.qry.type==28|dns.qry.type==16|dns.flags.rcode==3|dns.flags.truncated==1|dns and tcp'
sample modbus \
    "The device is polled: coils, discrete inputs, input and holding registers, single and multiple writes, exceptions; periodic polls on two connections. The device's TCP checksums are wrong, as on any host that offloads them" \
    "pymodbus, mbpoll (libmodbus)" \
    'modbus.func_code==1|modbus.func_code==2|modbus.func_code==3|modbus.func_code==4|modbus.func_code==5|modbus.func_code==6|modbus.func_code==15|modbus.func_code==16|modbus.exception_code'
sample ping-fragments \
    "Echo of 56 B to 30 000 B in both directions, IPv4 and IPv6, most of it in fragments" \
    "ping (iputils), Linux" \
    'ip.flags.mf==1|ip.frag_offset>0|ipv6.fraghdr.more==1|icmp.type==0|icmpv6.type==129'
sample ipv6 \
    "The device starts: MLD (joins and leaves groups), duplicate address detection, router solicitation, address from a router advertisement; ping, neighbour unreachability, HTTP" \
    "Linux, dnsmasq (router), ping, nginx, curl" \
    'icmpv6.mldr.mar.record_type==3|icmpv6.mldr.mar.record_type==4|icmpv6.type==133|icmpv6.type==134|icmpv6.type==135|icmpv6.type==136|icmpv6.type==129|ipv6 and http.response'
sample dhcp \
    "The device gets, renews twice and releases its address, then asks again; ARP probe and ping between" \
    "udhcpc (busybox), dnsmasq, ping" \
    'dhcp.option.dhcp==1|dhcp.option.dhcp==2|dhcp.option.dhcp==3|dhcp.option.dhcp==5|dhcp.option.dhcp==7|arp'
sample vlan \
    "802.1Q tags (VLAN 42, priority 3) around ARP, ping and HTTP" \
    "nginx, curl, ping; tags by a forwarder in record.sh" \
    'vlan.id==42 and arp|vlan.id==42 and icmp|vlan.id==42 and http.response'

work=          # temporary folder
log=           # all output of all programs, shown when something fails
made_policy=   # set while our policy-rc.d is in place
capture_pid=
last_pid=      # what the latest call of `serve` started

# ---- small helpers -----------------------------------------------------------------------

say() { printf '%s\n' "record.sh: $*" >&2; }

die() {
    say "$*"
    exit 1
}

usage() {
    cat <<'END'
Usage: samples/record.sh [NAME...]    record all captures, or the named ones
       samples/record.sh --list       list the names
       samples/record.sh --help
Needs root on a Debian machine; installs the programs it needs. Rewrites NAME.pcap and the
table in README.md.
END
}

list() {
    local name
    for name in "${names[@]}"; do
        printf '%-15s %s\n' "$name" "${what[$name]}"
    done
}

on_device() { ip netns exec "$device" "$@"; }
on_peer() { ip netns exec "$peer" "$@"; }

# Runs a program whose output matters only if it fails.
quiet() { "$@" >>"$log" 2>&1 </dev/null; }

# The same for a program that is *expected* to end with an error.
quiet_error() { quiet "$@" || true; }

# Starts a program in a namespace and leaves it running; its process id is in last_pid.
# No function between bash and `ip`, or $! would be a subshell and not the program.
serve() {
    local namespace=$1
    shift
    ip netns exec "$namespace" "$@" >>"$log" 2>&1 </dev/null &
    last_pid=$!
}

# Repeats a test until it holds, 10 seconds at most.
wait_until() {
    local try
    for ((try = 0; try < 100; try++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    die "gave up waiting for: $*"
}

is_listening() { # namespace, tcp|udp, port
    ip netns exec "$1" ss -Hln "--$2" "sport = :$3" | grep -q .
}

is_gone() { ! kill -0 "$1"; }

# A text of exactly that many bytes, the same in every run and never repeating.
make_file() { # bytes, path
    # Not a pipe: `seq` may be cut off by `head`, and pipefail would call that an error.
    head -c "$1" < <(seq -f 'cistern sample line %08.0f' 1 $(($1 / 29 + 1))) >"$2"
}

# ---- installing and cleaning up ----------------------------------------------------------

# Without this a freshly installed nginx or mosquitto would start on the host itself.
forbid_autostart() {
    [[ -e /usr/sbin/policy-rc.d ]] && return
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
}

allow_autostart() {
    [[ -n $made_policy ]] || return 0
    rm -f /usr/sbin/policy-rc.d
    made_policy=
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# A package that we brought in must not start its service at the next boot either.
disable_service() {
    command -v systemctl >/dev/null || return 0
    quiet_error systemctl disable "$1"
}

install_packages() {
    local service new=()
    for service in nginx mosquitto; do
        is_installed "$service" || new+=("$service")
    done
    forbid_autostart
    "$samples/../cmake/require.sh" "${packages[@]}" >&2
    allow_autostart
    for service in "${new[@]}"; do
        disable_service "$service"
    done
}

# Every process in our namespaces is ours: they exist only since this run made them.
end_processes() {
    local namespace pid signal
    for signal in TERM KILL; do
        for namespace in "$device" "$peer"; do
            for pid in $(ip netns pids "$namespace" 2>/dev/null); do
                kill "-$signal" "$pid" 2>/dev/null || true
            done
        done
        [[ $signal == KILL ]] || sleep 0.3
    done
    wait 2>/dev/null || true
}

drop_link() {
    end_processes
    ip netns del "$device" 2>/dev/null || true
    ip netns del "$peer" 2>/dev/null || true
}

clean_up() {
    local status=$?
    trap - EXIT
    if ((status != 0 && status != interrupted)) && [[ -s $log ]]; then
        say "failed; the last output of the programs:"
        tail -n 20 "$log" >&2
    fi
    allow_autostart
    drop_link
    rm -rf "$work"
    exit "$status"
}

# ---- the link ----------------------------------------------------------------------------

# IPv6 stays off except where it is the subject: its own chatter would be in every capture.
make_namespace() {
    ip netns add "$1"
    ip -n "$1" link set lo up
    quiet ip netns exec "$1" sysctl -w net.ipv6.conf.all.disable_ipv6=1 \
        net.ipv6.conf.default.disable_ipv6=1
}

# Frames as on a wire: no segmentation or checksum left to a card that does not exist, and
# the pace of 10 Mbit/s Ethernet, since a bare veth delivers 150 KB in less than no time.
make_wire_like() {
    quiet ip netns exec "$1" ethtool -K eth0 tx off tso off gso off gro off sg off \
        txvlan off rxvlan off
    quiet ip netns exec "$1" tc qdisc add dev eth0 root tbf rate 10mbit burst 3200 latency 400ms ||
        say "no tc tbf here: frames come at the speed of a veth"
}

# The peer's end stays down, so the device has no carrier and is silent, until join_* is
# called: tcpdump sees the very first frame.
make_link() {
    make_namespace "$device"
    make_namespace "$peer"
    ip link add eth0 netns "$device" address "$device_mac" type veth \
        peer name eth0 netns "$peer" address "$peer_mac"
    make_wire_like "$device"
    make_wire_like "$peer"
    ip -n "$device" link set eth0 up
}

join() { ip -n "$peer" link set eth0 up; }

join_ipv4() {
    ip -n "$device" address add "$device_ip/24" dev eth0
    ip -n "$peer" address add "$peer_ip/24" dev eth0
    join
}

allow_ipv6() {
    quiet ip netns exec "$1" sysctl -w net.ipv6.conf.all.disable_ipv6=0 \
        net.ipv6.conf.eth0.disable_ipv6=0
}

has_settled_ipv6() { # namespace, scope: an address that has passed its duplicate detection
    ip -n "$1" -6 -o address show dev eth0 scope "$2" -tentative | grep -q inet6
}

# ---- the capture -------------------------------------------------------------------------

start_capture() { # path
    serve "$device" tcpdump -i eth0 -n -s 0 -Z root --immediate-mode -U -w "$1"
    capture_pid=$last_pid
    wait_until grep -q 'listening on eth0' "$log"
}

stop_capture() {
    sleep 0.5 # the last frames are still on their way to the file
    kill -INT "$capture_pid"
    wait_until is_gone "$capture_pid"
    grep -q '^0 packets dropped by kernel' "$log" || die "tcpdump lost packets; try again"
}

count() { # file, display filter
    tshark -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -Y "$2" 2>>"$log" | wc -l
}

# A capture is published only if it shows what its table row says.
check_capture() { # name, path
    local filter filters bad
    tcpdump -n -r "$2" >/dev/null 2>>"$log"
    IFS='|' read -ra filters <<<"${must_show[$1]}"
    for filter in "${filters[@]}"; do
        (($(count "$2" "$filter"))) || die "$1: no packet matches '$filter'"
    done
    (($(count "$2" 'frame.cap_len < frame.len') == 0)) || die "$1: cut packets"
    (($(count "$2" 'frame.len > 1518') == 0)) || die "$1: a frame larger than Ethernet's"
    bad=$(count "$2" 'ip.checksum.status==0 or tcp.checksum.status==0 or udp.checksum.status==0')
    if [[ $1 == "$offload_sample" ]]; then
        ((bad)) || die "$1: no wrong checksum although the device offloads them"
    else
        ((bad == 0)) || die "$1: $bad wrong checksums"
    fi
}

record() { # name
    local name=$1 file=$work/$1.pcap
    say "recording $name"
    : >"$log"
    make_link
    start_capture "$file"
    "record_${name//-/_}"
    stop_capture
    drop_link
    check_capture "$name" "$file"
    install -m 644 "$file" "$samples/"
    [[ $name == "$pcapng_sample" ]] || return 0
    quiet editcap -F pcapng "$file" "$work/$name.pcapng"
    install -m 644 "$work/$name.pcapng" "$samples/"
}

# ---- http --------------------------------------------------------------------------------

start_nginx() {
    mkdir -p "$work/www" "$work/nginx" "$work/got"
    local size
    for size in 200 1460 6000 20000 64000 150000; do
        make_file "$size" "$work/www/$size.txt"
        touch -d '2024-01-01 00:00:00 UTC' "$work/www/$size.txt" # Last-Modified and ETag
    done
    cat >"$work/nginx.conf" <<END
user root;
daemon off;
worker_processes 1;
error_log stderr;
pid $work/nginx/pid;
events { worker_connections 64; }
http {
    access_log off;
    default_type text/plain;
    client_body_temp_path $work/nginx/body;
    proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi;
    scgi_temp_path $work/nginx/scgi;
    client_max_body_size 1m;
    server {
        listen 80;
        listen [::]:80 ipv6only=on;
        root $work/www;
        location /in/ { dav_methods PUT; create_full_put_path on; }
    }
}
END
    serve "$device" nginx -e stderr -p "$work/nginx" -c "$work/nginx.conf"
    wait_until is_listening "$device" tcp 80
}

# -q and --noproxy: the user's own settings must not change what is recorded.
fetch() {
    quiet on_peer curl -q --noproxy '*' --fail --silent --show-error --max-time 20 \
        --remote-name-all --output-dir "$work/got" "$@"
}

record_http() {
    local url=http://$device_ip
    join_ipv4
    start_nginx
    fetch "$url"/{200,1460,6000,20000,1460,200}.txt # one after the other, kept alive
    fetch --parallel --parallel-immediate --parallel-max 6 \
        "$url"/{200,1460,6000,20000,64000,150000}.txt
    cmp "$work/www/150000.txt" "$work/got/150000.txt"
    fetch --range 1000-2999 "$url/64000.txt"
    fetch -z 'Mon, 01 Jan 2024 00:00:00 GMT' "$url/200.txt" # 304: nginx compares for equality
    fetch --head "$url/150000.txt"
    quiet_error fetch "$url/missing.txt"
    make_file 90000 "$work/firmware.bin"
    fetch -T "$work/www/6000.txt" "$url/in/settings.txt"
    fetch -T "$work/firmware.bin" "$url/in/firmware.bin"
    cmp "$work/firmware.bin" "$work/www/in/firmware.bin"
    rm -rf "$work/www/in"
}

# ---- mqtt --------------------------------------------------------------------------------

start_broker() {
    cat >"$work/mosquitto.conf" <<END
listener 1883 $peer_ip
allow_anonymous true
persistence false
log_dest stderr
log_type all
user root
END
    serve "$peer" mosquitto -c "$work/mosquitto.conf"
    wait_until is_listening "$peer" tcp 1883
}

publish() { quiet timeout 20 ip netns exec "$device" mosquitto_pub -h "$peer_ip" "$@"; }

command_to_device() { quiet timeout 20 ip netns exec "$peer" mosquitto_pub -h "$peer_ip" "$@"; }

paced_readings() { # count, seconds between
    local i
    for ((i = 0; i < $1; i++)); do
        printf '{"n":%d,"temperature":%d.%d}\n' "$i" $((20 + i % 5)) $((i % 10))
        sleep "$2"
    done
}

record_mqtt() {
    join_ipv4
    start_broker
    serve "$device" mosquitto_sub -h "$peer_ip" -i panel -q 2 -k 5 -C 6 -W 40 \
        -t 'plant/command/#' -t 'plant/time'
    local subscriber=$last_pid qos
    wait_until grep -q 'Sending SUBACK to panel' "$log"
    for qos in 0 1 2; do
        paced_readings 12 0.1 | timeout 20 ip netns exec "$device" mosquitto_pub \
            -h "$peer_ip" -i "sensor$qos" -t "plant/sensor$qos/reading" -q "$qos" -l \
            --will-topic "plant/sensor$qos/state" --will-payload lost >>"$log" 2>&1
        command_to_device -i desk -t plant/command/valve -m "open $qos" -q "$qos"
    done
    make_file 8000 "$work/report"
    publish -i sensor1 -t plant/sensor1/report -q 1 -f "$work/report"
    publish -i sensor2 -t plant/sensor2/state -q 2 -r -m online
    sleep 6.5 # more than the subscriber's keep-alive: PINGREQ
    make_file 3000 "$work/recipe"
    command_to_device -i desk -t plant/command/recipe -q 1 -f "$work/recipe"
    command_to_device -i desk -t plant/command/recipe -q 2 -f "$work/recipe"
    command_to_device -i desk -t plant/time -m 1704067200
    wait_until is_gone "$subscriber"
}

# ---- coap --------------------------------------------------------------------------------

ask_coap() { # options..., path; -B: it never waits for long
    local path=${*: -1}
    quiet timeout 30 ip netns exec "$peer" coap-client-notls -B 10 "${@:1:$#-1}" \
        "coap://$device_ip/$path"
}

record_coap() {
    join_ipv4
    serve "$device" coap-server-notls -A "$device_ip" -d 10
    wait_until is_listening "$device" udp 5683
    ask_coap .well-known/core
    ask_coap ""
    ask_coap time
    ask_coap -N time
    ask_coap 'async?2'
    quiet_error ask_coap missing
    ask_coap -m put -e 'setpoint=21.5' example_data
    ask_coap example_data
    make_file 4000 "$work/settings"
    ask_coap -m put -f "$work/settings" -b 256 example_data
    ask_coap -b 64 example_data
    make_file 20000 "$work/firmware"
    ask_coap -m put -f "$work/firmware" -b 1024 firmware
    ask_coap -b 512 firmware
    ask_coap -m delete firmware
    ask_coap -s 6 time # observe: one notification a second
}

# ---- dns ---------------------------------------------------------------------------------

start_dns() {
    cat >"$work/dns.conf" <<END
no-resolv
no-hosts
user=root
pid-file
bind-interfaces
listen-address=$peer_ip
local=/example/
host-record=sensor.example,198.51.100.7,2001:db8::7
address=/many.example/198.51.100.1
address=/many.example/198.51.100.2
address=/many.example/198.51.100.3
address=/many.example/2001:db8::1
address=/many.example/2001:db8::2
cname=alias.example,sensor.example
txt-record=note.example,"v=1","hello"
mx-host=example,mail.example,10
srv-host=_mqtt._tcp.example,sensor.example,1883
ptr-record=7.100.51.198.in-addr.arpa,sensor.example
END
    local i
    for i in 1 2 3 4 5 6; do # together too large for an answer of 512 bytes
        printf 'txt-record=long.example,"%d %s"\n' "$i" "$(seq -s ' ' 1 60)"
    done >>"$work/dns.conf"
    serve "$peer" dnsmasq --keep-in-foreground --conf-file="$work/dns.conf"
    wait_until is_listening "$peer" udp 53
}

# No cookie: it would differ in every run.
resolve() { quiet on_device dig -r "@$peer_ip" +nocookie +tries=2 +time=2 "$@"; }

record_dns() {
    local _
    join_ipv4
    start_dns
    for _ in 1 2; do
        resolve sensor.example A
        resolve sensor.example AAAA
        resolve many.example A many.example AAAA
        resolve alias.example A
        resolve note.example TXT
        resolve example MX
        resolve _mqtt._tcp.example SRV
        resolve -x 198.51.100.7
        resolve missing.example A
        resolve +noedns sensor.example A
        resolve +noedns long.example TXT # truncated, then over TCP
        resolve +bufsize=4096 long.example TXT # one large datagram
        resolve +tcp sensor.example A
        resolve +tcp +keepopen long.example TXT sensor.example AAAA missing.example A
    done
}

# ---- modbus ------------------------------------------------------------------------------

# Registers that move, so that polls do not all carry the same answer.
write_modbus_server() {
    cat >"$work/modbus_server.py" <<'END'
import sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer


class Moving(ModbusSequentialDataBlock):
    reads = 0

    def getValues(self, address, count=1):
        self.reads += 1
        values = super().getValues(address, count)
        return [(value + self.reads * (i + 1)) & 0xFFFF for i, value in enumerate(values)]


unit = ModbusSlaveContext(
    co=ModbusSequentialDataBlock(1, [False, True] * 32),
    di=ModbusSequentialDataBlock(1, [True, True, False, False] * 16),
    ir=Moving(1, [100 * i for i in range(64)]),
    hr=ModbusSequentialDataBlock(1, list(range(1000, 1200))),
)
StartTcpServer(context=ModbusServerContext(slaves=unit, single=True), address=(sys.argv[1], 502))
END
}

poll() { quiet timeout 10 ip netns exec "$peer" mbpoll -m tcp -o 2 "$device_ip" "$@"; }

# mbpoll polls until it is interrupted; -k: or killed, should it not listen.
poll_for() { # seconds, options...
    quiet_error timeout -s INT -k 2 "$1" \
        ip netns exec "$peer" mbpoll -m tcp -o 2 "$device_ip" "${@:2}"
}

record_modbus() {
    local first
    quiet on_device ethtool -K eth0 tx on tso off
    join_ipv4
    write_modbus_server
    serve "$device" "$python" "$work/modbus_server.py" "$device_ip"
    wait_until is_listening "$device" tcp 502
    poll -1 -t 0 -r 1 -c 16
    poll -1 -t 1 -r 1 -c 32
    poll -1 -t 3 -r 1 -c 10
    poll -1 -t 4 -r 1 -c 125
    poll -t 0 -r 3 1           # write single coil
    poll -t 0 -r 9 1 0 1 1 0 1 # write multiple coils
    poll -t 4 -r 5 4711        # write single register
    poll -t 4 -r 20 1 2 3 4 5 6 7 8 9 10
    quiet_error poll -1 -t 3 -r 60 -c 20 # illegal data address
    poll_for 6 -t 3 -r 1 -c 8 -l 100 &
    first=$!
    poll_for 6 -t 4 -r 1 -c 60 -l 250 &
    wait "$first" "$!"
    sleep 0.5
}

# ---- ping-fragments ----------------------------------------------------------------------

# 1472 fills one IPv4 frame and 1452 one IPv6 frame; one byte more makes a second fragment.
record_ping_fragments() {
    local size
    allow_ipv6 "$device"
    allow_ipv6 "$peer"
    ip -n "$device" address add 2001:db8::1/64 dev eth0 nodad
    ip -n "$peer" address add 2001:db8::2/64 dev eth0 nodad
    join_ipv4
    wait_until has_settled_ipv6 "$device" link
    wait_until has_settled_ipv6 "$peer" link
    for size in 56 1472 1473 2000 2952 5000 12000 30000; do
        quiet on_peer ping -4 -n -c 2 -i 0.2 -W 5 -p c157e24a -s "$size" "$device_ip"
    done
    quiet on_device ping -4 -n -c 2 -i 0.2 -W 5 -p c157e24a -s 4000 "$peer_ip"
    for size in 56 1452 1453 2000 5000 12000 30000; do
        quiet on_peer ping -6 -n -c 2 -i 0.2 -W 5 -p c157e24a -s "$size" 2001:db8::1
    done
    quiet on_device ping -6 -n -c 2 -i 0.2 -W 5 -p c157e24a -s 4000 2001:db8::2
}

# ---- ipv6 --------------------------------------------------------------------------------

start_router() {
    cat >"$work/router.conf" <<'END'
port=0
no-resolv
no-hosts
user=root
pid-file
interface=eth0
enable-ra
dhcp-range=2001:db8:1::,ra-only
END
    serve "$peer" dnsmasq --keep-in-foreground --conf-file="$work/router.conf" \
        --dhcp-leasefile="$work/router.leases"
}

joined_group() { ip -n "$1" -6 maddress show dev eth0 | grep -q "inet6 $2\b"; }

record_ipv6() {
    local address=2001:db8:1:0:0:ff:fe00:1 # what the device makes of the prefix and its MAC
    allow_ipv6 "$device"
    allow_ipv6 "$peer"
    ip -n "$peer" address add 2001:db8:1::2/64 dev eth0
    join
    wait_until has_settled_ipv6 "$peer" global
    start_router
    wait_until has_settled_ipv6 "$device" global
    start_nginx
    quiet on_peer ping -6 -n -c 3 -i 0.3 -W 5 ff02::1%eth0
    quiet on_peer ping -6 -n -c 8 -i 1 -W 5 "$address" # long enough for unicast NS
    fetch -6 "http://[$address]"/{200,6000,20000}.txt
    fetch -6 --parallel --parallel-immediate "http://[$address]"/{1460,20000,64000}.txt
    # A second address with another ending joins one more multicast group and leaves it.
    ip -n "$device" address add 2001:db8:1::77/64 dev eth0
    wait_until joined_group "$device" ff02::1:ff00:77
    sleep 2
    ip -n "$device" address del 2001:db8:1::77/64 dev eth0
    sleep 2 # MLD reports are sent after a random delay, and twice
}

# ---- dhcp --------------------------------------------------------------------------------

start_dhcp_server() {
    cat >"$work/dhcp.conf" <<END
port=0
no-resolv
no-hosts
user=root
pid-file
interface=eth0
dhcp-authoritative
dhcp-range=192.0.2.100,192.0.2.110,255.255.255.0,2m
dhcp-option=option:router,$peer_ip
dhcp-option=option:dns-server,$peer_ip
dhcp-option=option:ntp-server,$peer_ip
domain=example
END
    : >"$work/dhcp.leases"
    serve "$peer" dnsmasq --keep-in-foreground --conf-file="$work/dhcp.conf" \
        --dhcp-leasefile="$work/dhcp.leases"
    wait_until is_listening "$peer" udp 67
}

# Only address and route: /etc/resolv.conf is the host's and none of our business.
write_dhcp_hook() {
    cat >"$work/dhcp_hook" <<'END'
#!/bin/sh
case $1 in
deconfig) ip address flush dev "$interface" ;;
bound | renew) ip address replace "$ip/$mask" dev "$interface" ;;
esac
echo "udhcpc: hook $1"
END
    chmod 755 "$work/dhcp_hook"
}

start_dhcp_client() {
    serve "$device" busybox udhcpc -f -i eth0 -s "$work/dhcp_hook" -a500 -x hostname:sensor "$@"
    wait_until device_has_address
}

device_has_address() { ip -n "$device" -4 -o address show dev eth0 | grep -q inet; }
device_has_no_address() { ! device_has_address; }

renew() { # process id; SIGUSR1 saves waiting for half of the lease
    local before
    before=$(grep -c 'hook renew' "$log" || true)
    kill -USR1 "$1"
    wait_until has_more_renewals "$before"
}

has_more_renewals() { (($(grep -c 'hook renew' "$log") > $1)); }

record_dhcp() {
    local client
    ip -n "$peer" address add "$peer_ip/24" dev eth0
    join
    start_dhcp_server
    write_dhcp_hook
    start_dhcp_client
    client=$last_pid
    quiet on_device ping -4 -n -c 3 -i 0.3 -W 5 "$peer_ip"
    renew "$client"
    sleep 1
    renew "$client"
    kill -USR2 "$client" # release
    wait_until device_has_no_address
    kill "$client"
    wait_until is_gone "$client"
    start_dhcp_client -r 192.0.2.105
    quiet on_device ping -4 -n -c 2 -i 0.3 -W 5 "$peer_ip"
}

# ---- vlan --------------------------------------------------------------------------------

# A port of a VLAN switch: what comes from the tap goes out on eth0 with a tag. The other way
# needs nothing, since Linux takes the tag off before a packet socket sees the frame. Not
# every kernel has VLAN devices; every one has taps.
write_vlan_port() {
    cat >"$work/vlan_port.py" <<'END'
import fcntl, os, select, socket, struct, sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
TAG = struct.pack("!HH", 0x8100, 3 << 13 | 42)

tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"tap0", IFF_TAP | IFF_NO_PI))
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 3))
print("vlan port ready on", sys.argv[1], flush=True)
while True:
    for ready in select.select([tap, wire], [], [])[0]:
        if ready == tap:
            frame = os.read(tap, 2048)
            wire.send(frame[:12] + TAG + frame[12:])
        else:
            frame, origin = wire.recvfrom(2048)
            if origin[2] != socket.PACKET_OUTGOING:
                os.write(tap, frame)
END
}

# eth0 becomes the trunk, tap0 takes its place as the interface that the programs use.
start_vlan_port() { # namespace, mac, address
    serve "$1" "$python" "$work/vlan_port.py" "$1"
    wait_until grep -q "vlan port ready on $1" "$log"
    ip -n "$1" link set tap0 address "$2" up
    ip -n "$1" address add "$3/24" dev tap0
}

record_vlan() {
    join
    write_vlan_port
    start_vlan_port "$device" "$device_mac" "$device_ip"
    start_vlan_port "$peer" "$peer_mac" "$peer_ip"
    start_nginx
    quiet on_peer ping -4 -n -c 3 -i 0.3 -W 5 "$device_ip"
    quiet on_peer ping -4 -n -c 2 -i 0.3 -W 5 -s 3000 "$device_ip"
    fetch "http://$device_ip"/{200,6000,20000}.txt
}

# ---- README ------------------------------------------------------------------------------

row() { # path, what, programs
    local packets seconds
    packets=$(capinfos -Mrc "$1" | sed -n 's/.*packets: *//p')
    seconds=$(capinfos -Mru "$1" | sed -n 's/.*duration: *\([0-9]*\.[0-9]\).*/\1/p')
    printf '| %s | %s | %s | %s | %s | %s |\n' \
        "\`${1##*/}\`" "$packets" "$(stat -c %s "$1")" "$seconds" "$2" "$3"
}

table() {
    local name file
    echo '| file | packets | bytes | seconds | what | programs |'
    echo '|---|--:|--:|--:|---|---|'
    for name in "${names[@]}"; do
        file=$samples/$name.pcap
        [[ -e $file ]] && row "$file" "${what[$name]}" "${programs[$name]}"
        [[ -e ${file}ng ]] && row "${file}ng" "The same packets as \`$name.pcap\`, as pcapng" editcap
    done
    return 0
}

# The numbers are never typed by hand: what lies between the two marks is replaced.
update_readme() {
    table >"$work/table"
    sed -i -e '/^<!-- table: /,/^<!-- end of table/{' \
        -e "/^<!-- table: /r $work/table" -e '/^<!--/!d' -e '}' "$samples/README.md"
}

# ---- main --------------------------------------------------------------------------------

is_known() { printf '%s\n' "${names[@]}" | grep -qxF -e "$1"; }

check_names() {
    local name
    for name in "$@"; do
        is_known "$name" || die "no capture named '$name'; --list shows the names"
    done
}

main() {
    case ${1-} in
    --help | -h) usage && return ;;
    --list) list && return ;;
    esac
    check_names "$@"
    [[ $EUID == 0 ]] ||
        die "needs root: run 'sudo samples/record.sh' on a Debian machine; it installs the rest"
    command -v apt-get >/dev/null || die "needs apt-get: run it on a Debian machine"
    work=$(mktemp -d /tmp/cistern-record.XXXXXX)
    log=$work/log
    : >"$log"
    trap clean_up EXIT
    trap 'exit "$interrupted"' INT TERM HUP
    install_packages
    local name
    (($#)) || set -- "${names[@]}"
    for name in "$@"; do
        record "$name"
    done
    update_readme
}

main "$@"
