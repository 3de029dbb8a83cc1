#!/bin/sh
# Records what Debian's keepalived writes at SIGJSON, SIGUSR1 and SIGUSR2, for crates/holdfast/tests/keepalived_operation.rs.
# Needs root, keepalived, iproute2 and util-linux. Everything is in namespaces that end with it.
set -e
here=$(cd "$(dirname "$0")" && pwd)
exec unshare --net --mount sh -ec '
for n in 0 1 2; do
    ip link add eth$n type veth peer name peer$n
    ip link set peer$n up
    [ $n = 2 ] || ip link set eth$n up
done
ip addr add 192.168.0.11/24 dev eth0
ip addr add 10.0.0.1/24 dev eth1
folder=$(mktemp -d /run/dumps.XXXXXX)
mount -t tmpfs private /tmp
keepalived -n -l -P -f "$1/keepalived.conf" -p $folder/parent -r $folder/vrrp >$folder/log 2>&1 &
parent=$!
until [ "$(grep -c "Entering MASTER" $folder/log)" = 3 ]; do sleep 0.1; done
for step in "36 json" "10 data" "12 stats"; do
    set -- "$1" $step
    kill -$2 $(cat $folder/vrrp)
    until [ -s /tmp/keepalived.$3 ]; do sleep 0.1; done
    sleep 0.1
    cp /tmp/keepalived.$3 "$1/recorded.$3"
done
kill $parent
wait $parent || true
rm -r $folder
' record "$here"
