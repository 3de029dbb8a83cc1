#!/usr/bin/env python3
"""Records what Debian's keepalived sends and logs in given situations, for crates/vrrp-proto/tests/original.rs.

    python3 record.py            # all, into replays.json; about two minutes
    python3 record.py NAME ...   # these only, printed

Needs root, keepalived and iproute2. Each situation has two network namespaces of its own, joined by a veth pair: keepalived
is in one of them, this program in the other, where it listens to every frame and plays the other router. The namespaces
are removed at the end, whatever happens.

A record is a list of events, in microseconds since the instance began: `in`, what happened to the instance, and `out`, what
it sent (frames) and logged (lines, without its name). What keepalived learns from the kernel or from a script is taken
from its own log lines, so that its ways of learning are not measured.
"""
import ctypes
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
CLONE_NEWNET = 0x40000000
OWN, PEER, LOW_PEER = "192.168.0.1", "192.168.0.2", "192.168.0.0"
VIP, OTHER = "192.168.0.99", "192.168.0.98"
libc = ctypes.CDLL(None, use_errno=True)
namespaces = threading.Lock()


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def v2(priority, interval=1, addresses=(VIP,), vrid=51, auth=None, auth_type=None, version=2, kind=1, count=None,
       sum_=None, tail=b""):
    """A version 2 advert, with any of its fields wrong."""
    auth_type = (1 if auth else 0) if auth_type is None else auth_type
    body = b"".join(map(socket.inet_aton, addresses)) + (auth or b"")[:8].ljust(8, b"\0") + tail
    head = struct.pack("!BBBBBB", version << 4 | kind, vrid, priority, len(addresses) if count is None else count,
                       auth_type, interval)
    sum_ = checksum(head + b"\0\0" + body) if sum_ is None else sum_
    return head + struct.pack("!H", sum_) + body


def v3(priority, centiseconds=100, addresses=(VIP,), vrid=51, source=PEER, kind=1):
    """A version 3 advert over IPv4."""
    body = b"".join(map(socket.inet_aton, addresses))
    head = struct.pack("!BBBBH", 3 << 4 | kind, vrid, priority, len(addresses), centiseconds)
    pseudo = socket.inet_aton(source) + socket.inet_aton("224.0.0.18") + struct.pack("!BBH", 0, 112, 8 + len(body))
    return head + struct.pack("!H", checksum(pseudo + head + b"\0\0" + body)) + body


def ah(sequence, payload, spi=None, key=b"SOMEPASS", next_header=112, length=4, told_ttl=None, proof=None):
    """An authentication header for a packet whose IP header is known only when it is sent, and the packet behind it."""
    def finish(head):
        source = head[12:16] if spi is None else socket.inet_aton(spi)
        header = struct.pack("!BBH", next_header, length, 0) + source + struct.pack("!I", sequence)
        ttl = head[8:9] if told_ttl is None else bytes([told_ttl])
        proven = head[:1] + b"\0" + head[2:8] + ttl + head[9:10] + b"\0\0" + head[12:]
        value = hmac.new(key, proven + header + bytes(12) + payload, "md5").digest()[:12]
        return header + (value if proof is None else proof) + payload
    finish.length = 24 + len(payload)
    return finish


class Situation:
    """keepalived in its namespace, and what it did so far."""

    def __init__(self, name, config, instance="VI_1", v6=False):
        self.config, self.events, self.done = config, [], False
        self.prefix = f"({instance}) "
        self.lock = threading.Lock()
        self.folder = tempfile.TemporaryDirectory(prefix="vrrp-record-")
        os.chmod(self.folder.name, 0o755)
        self.ours, self.theirs = (f"vr-{side}-{os.getpid()}-{name}" for side in "op")
        self.process = self.socket = None
        self.identification = 1000
        self.v6 = v6

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        for namespace in (self.ours, self.theirs):
            run("ip", "netns", "add", namespace)
            if not self.v6:
                run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        run("ip", "-n", self.ours, "link", "add", "eth0", "address", "02:00:00:00:00:01", "type", "veth",
            "peer", "name", "eth0", "netns", self.theirs, "address", "02:00:00:00:00:02")
        run("ip", "-n", self.ours, "link", "add", "eth1", "type", "veth", "peer", "name", "eth2")
        run("ip", "-n", self.ours, "addr", "add", OWN + "/24", "brd", "+", "dev", "eth0")
        for namespace, link in ((self.ours, "eth0"), (self.ours, "eth1"), (self.ours, "eth2"), (self.theirs, "eth0")):
            run("ip", "-n", namespace, "link", "set", link, "up")
        with namespaces:
            home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            there = os.open(f"/var/run/netns/{self.theirs}", os.O_RDONLY)
            try:
                if libc.setns(there, CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
                self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                self.socket.bind(("eth0", 0))
            finally:
                libc.setns(home, CLONE_NEWNET)
                os.close(home)
                os.close(there)
        threading.Thread(target=self.listen, daemon=True).start()

    def __exit__(self, *_):
        self.done = True
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for namespace in (self.ours, self.theirs):
            run("ip", "netns", "del", namespace, check=False)
        self.folder.cleanup()

    def event(self, way, what, at=None):
        with self.lock:
            self.events.append([time.monotonic() if at is None else at, way, what])

    def listen(self):
        self.socket.settimeout(0.2)
        while not self.done:
            try:
                frame, address = self.socket.recvfrom(4096)
            except (socket.timeout, OSError):
                continue
            at = time.monotonic()
            ours = address[2] != 4 and frame[6:12] == bytes.fromhex("020000000001")
            advert = frame[12:14] == b"\x08\0" and frame[23] in (51, 112) or frame[12:14] == b"\x86\xdd" and frame[20] == 112
            arp = frame[12:14] == b"\x08\x06" and frame[28:32] == frame[38:42]
            neighbour = frame[12:14] == b"\x86\xdd" and frame[20] == 58 and frame[54] == 136
            if ours and (advert or arp or neighbour):
                self.event("out", {"frame": frame.hex()}, at)

    # What a situation is made of.

    def begin(self, extra="", link_down=False):
        if link_down:
            run("ip", "-n", self.ours, "link", "set", "eth0", "down")
        path = f"{self.folder.name}/keepalived.conf"
        with open(path, "w") as file:
            file.write(extra + self.config)
        pid_file = f"{self.folder.name}/pid"
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.ours, "keepalived", "-n", "-l", "-D", "-P", "-f", path, "-p", pid_file,
             "-r", pid_file + ".vrrp"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            line = re.sub(r"^\w+ \w+ +\d+ [\d:]+ \d+: ", "", line.rstrip())
            if line.startswith(self.prefix) and not re.search("queueing|Ignoring", line):
                if not any(way == "in" and what == {"start": True} for _, way, what in self.events):
                    self.event("in", {"start": True})
                self.event("out", {"line": line.removeprefix(self.prefix)})
            elif found := re.match(r"VRRP_Script\((\w+)\) (succeeded|failed|timed_out)", line):
                self.event("in", {"track": "check", "up": found[2] == "succeeded"})
            elif found := re.match(r"Netlink reports (\w+) (up|down)$", line):
                self.event("in", {"link": found[1], "up": found[2] == "up"})
            elif line.startswith("Netlink reflector reports IP"):
                self.event("in", {"address_lost": True})
            elif line == "Stopping":
                self.event("in", {"stop": True})

    def until(self, text, timeout=20, nth=1):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            with self.lock:
                if sum(text in what.get("line", "") for _, _, what in self.events) >= nth:
                    return
            time.sleep(0.005)
        raise TimeoutError(f"{text!r} was not logged")

    def wait(self, seconds):
        time.sleep(seconds)

    def send(self, payload, source=PEER, ttl=255):
        self.identification += 1
        length, protocol = (payload.length, 51) if callable(payload) else (len(payload), 112)
        head = struct.pack("!BBHHHBBH", 0x45, 0xC0, 20 + length, self.identification, 0, ttl, protocol, 0)
        head += socket.inet_aton(source) + socket.inet_aton("224.0.0.18")
        body = payload(head) if callable(payload) else payload
        packet = head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body
        self.event("in", {"packet": packet.hex()})
        self.socket.send(bytes.fromhex("01005e0000120200000000020800") + packet)

    def feed(self, times, *payload, every=1.0, **header):
        for _ in range(times):
            self.send(*payload, **header)
            self.wait(every)

    def link(self, name, up):
        run("ip", "-n", self.ours, "link", "set", name, "up" if up else "down")

    def flag(self, up):
        path = f"{self.folder.name}/flag"
        if up:
            open(path, "w").close()
        elif os.path.exists(path):
            os.unlink(path)

    def script(self, up, more=""):
        """A vrrp_script block whose script succeeds while the flag is up."""
        path = f"{self.folder.name}/check"
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\ntest -e {self.folder.name}/flag\n")
        os.chmod(path, 0o755)
        self.flag(up)
        return f'vrrp_script check {{\n script "{path}"\n interval 1\n user root\n {more}\n}}\n'

    def end(self):
        # Not beside an advert, which would make it a matter of milliseconds which of both is first.
        self.wait(0.3)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self.wait(0.1)

    def record(self):
        with self.lock:
            events = sorted(self.events, key=lambda event: event[0])
        start = next(at for at, way, what in events if what == {"start": True})
        return [{"us": max(0, round((at - start) * 1e6)), way: what} for at, way, what in events if at >= start]


SETTINGS = {
    "version": 2, "vrid": 51, "priority": 100, "interval_ms": 1000, "state": "BACKUP", "auth_pass": None, "auth_type": "PASS", "preempt": True,
    "preempt_delay_ms": 0, "down_timer_adverts": 3, "master_delay_ms": 5000, "master_repeat": 5,
    "lower_prio_delay_ms": 5000, "lower_prio_repeat": 5, "refresh_ms": 0, "refresh_repeat": 1,
    "lower_prio_no_advert": False, "higher_prio_send_advert": False, "skip_check_adv_addr": False,
    "source": OWN, "addresses": [VIP], "tracked": [],
}


def config(settings):
    """keepalived.conf for settings of the same form as SETTINGS."""
    s = SETTINGS | settings
    lines = [
        "interface eth0", f"state {s['state']}", "virtual_router_id 51", f"version {s['version']}",
        f"priority {s['priority']}", f"advert_int {s['interval_ms'] / 1000:g}",
        f"down_timer_adverts {s['down_timer_adverts']}",
        f"garp_master_delay {s['master_delay_ms'] // 1000}", f"garp_master_repeat {s['master_repeat']}",
        f"garp_lower_prio_delay {s['lower_prio_delay_ms'] // 1000}",
        f"garp_lower_prio_repeat {s['lower_prio_repeat']}", f"garp_master_refresh {s['refresh_ms'] // 1000}",
        f"garp_master_refresh_repeat {s['refresh_repeat']}",
    ]
    lines += [word for word in ("lower_prio_no_advert", "higher_prio_send_advert", "skip_check_adv_addr") if s[word]]
    lines += ["nopreempt"] if not s["preempt"] else []
    lines += [f"preempt_delay {s['preempt_delay_ms'] / 1000:g}"] if s["preempt_delay_ms"] else []
    lines += [f"mcast_src_ip {s['source']}"] if s["source"] != OWN else []
    if s["auth_pass"]:
        lines += ["authentication {", f"auth_type {s['auth_type']}", f"auth_pass {s['auth_pass']}", "}"]
    for block, kind in (("track_script", "script"), ("track_interface", "interface")):
        tracked = [t for t in s["tracked"] if t["kind"] == kind]
        if tracked:
            lines += [block + " {"]
            lines += [f"{t['name']} weight {t['weight']}" + " reverse" * t["reverse"] for t in tracked] + ["}"]
    lines += ["virtual_ipaddress {"] + s["addresses"] + ["}"]
    return "vrrp_instance VI_1 {\n " + "\n ".join(lines) + "\n}\n"


def check(weight, reverse=False):
    return {"tracked": [{"kind": "script", "name": "check", "weight": weight, "reverse": reverse}]}


SITUATIONS = {}


def situation(**settings):
    def add(steps):
        SITUATIONS[steps.__name__] = (settings, steps)
        return steps
    return add


def document(name, check):
    """A file of compat-fixtures/documents, with a script of ours, and the brace that this version insists on."""
    with open(f"{HERE}/../documents/keepalived/{name}") as file:
        text = file.read()
    text = re.sub(r'script ".*?"', f'script "{check}"\n user root', text)
    return re.sub(r"^(vrrp_instance \w+)$", r"\1 {", text, flags=re.M)


MASTER, BACKUP, FAULT = "Entering MASTER STATE", "Entering BACKUP STATE", "Entering FAULT STATE"


@situation(auth_pass="SOMEPASSWORD!", priority=101, state="MASTER")
def a_master_with_a_password_alone(s):
    s.begin()
    s.until(MASTER)
    s.wait(7.2)


@situation(addresses=[VIP, OTHER, "10.0.0.1"], interval_ms=2000, master_repeat=2, master_delay_ms=0)
def three_addresses_every_two_seconds(s):
    s.begin()
    s.until(MASTER)
    s.wait(3)


@situation(version=3, interval_ms=330)
def version_3_at_a_third_of_a_second(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.85)


@situation(version=3, addresses=["fe80::99", "2001:db8::99"], source="fe80::ff:fe00:1", master_repeat=2)
def version_3_over_ipv6(s):
    s.wait(2)
    s.begin()
    s.until(MASTER)
    s.wait(1)


@situation()
def a_backup_is_stopped(s):
    s.begin()
    s.until(BACKUP)
    s.wait(0.5)


@situation()
def a_higher_master_falls_silent(s):
    s.begin()
    s.until(BACKUP)
    s.feed(3, v2(150))
    s.until(MASTER)


@situation()
def an_equal_master_falls_silent(s):
    s.begin()
    s.until(BACKUP)
    s.feed(3, v2(100), source=LOW_PEER)
    s.until(MASTER)


@situation()
def a_higher_master_stops(s):
    s.begin()
    s.until(BACKUP)
    s.feed(2, v2(150), every=0.7)
    s.send(v2(0))
    s.until(MASTER)


@situation()
def a_lower_master_is_replaced(s):
    s.begin()
    s.until(BACKUP)
    s.feed(6, v2(50), every=0.8)


@situation(preempt=False)
def a_lower_master_is_let_be(s):
    s.begin()
    s.until(BACKUP)
    s.feed(5, v2(50))
    s.until(MASTER)


@situation(preempt_delay_ms=3000)
def a_lower_master_is_let_be_for_a_while(s):
    s.begin()
    s.until(BACKUP)
    s.wait(0.2)
    s.feed(7, v2(50), every=0.9)


@situation(preempt_delay_ms=3000)
def patience_is_for_lower_masters_only(s):
    s.begin()
    s.until(BACKUP)
    s.feed(2, v2(150))
    s.send(v2(0))
    s.until(MASTER)


@situation()
def a_master_hears_a_higher_one(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(150))
    s.until(MASTER, nth=2)


@situation(higher_prio_send_advert=True)
def a_master_gives_way_with_a_last_advert(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(150))
    s.wait(0.5)


@situation()
def a_master_hears_its_equal_of_higher_address(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(100))
    s.wait(0.5)


@situation(source="192.168.0.3")
def a_master_hears_its_equal_of_lower_address(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(100))
    s.wait(1.5)


@situation(lower_prio_delay_ms=2000, lower_prio_repeat=2, master_delay_ms=0)
def a_master_hears_lower_ones(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.feed(2, v2(50), every=0.7)
    s.wait(2.4)


@situation(lower_prio_no_advert=True, lower_prio_repeat=1, lower_prio_delay_ms=1000)
def a_master_leaves_lower_ones_without_an_answer(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(50))
    s.wait(1.8)


@situation()
def a_master_hears_one_that_stops(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.send(v2(0))
    s.wait(1.5)


@situation(refresh_ms=3000, refresh_repeat=2, master_delay_ms=2000, master_repeat=3)
def neighbours_are_told_anew(s):
    s.begin()
    s.until(MASTER)
    s.wait(7.5)


@situation(down_timer_adverts=5)
def five_adverts_of_patience(s):
    s.begin()
    s.until(BACKUP)
    s.feed(1, v2(150))
    s.until(MASTER)


@situation(version=3)
def the_interval_of_a_faster_master_is_taken(s):
    s.begin()
    s.until(BACKUP)
    s.feed(3, v3(150, 50), every=0.5)
    s.until(MASTER)
    s.wait(1.3)


@situation(version=3)
def the_interval_of_a_slower_master_is_taken(s):
    s.begin()
    s.until(BACKUP)
    s.feed(1, v3(150, 200), every=2)
    s.until(MASTER)


@situation(priority=255, state="MASTER")
def an_owner_does_not_wait_until_it_hears_another(s):
    s.begin()
    s.until(MASTER)
    s.wait(1.4)
    s.send(v2(255))
    s.wait(1)
    s.send(v2(100))
    s.wait(0.5)


@situation(priority=255)
def an_owner_that_begins_as_backup(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.3)


@situation(auth_pass="SOMEPASS")
def a_backup_refuses_packets(s):
    good = {"auth": b"SOMEPASS"}
    s.begin()
    s.until(BACKUP)
    packets = [
        (v2(150, sum_=0x1234, **good), {}), (v2(150, **good), {"ttl": 254}), (v2(150, vrid=52, **good), {}),
        (v2(150), {}), (v2(150, auth_type=2, **good), {}), (v2(150, auth_type=7, **good), {}),
        (v2(150, auth=b"WRONG"), {}), (v3(150), {}), (v2(150, version=1, **good), {}),
        (v2(150, version=4, **good), {}), (v2(150, kind=2, **good), {}), (v2(150, count=2, **good), {}),
        (v2(150, count=0, **good), {}), (v2(150, count=255, **good), {}), (v2(150, tail=b"\0", **good), {}),
        (v2(150, tail=b"\1" * 46, **good), {}), (v2(150, addresses=(OTHER,), **good), {}),
        (v2(150, addresses=(VIP, OTHER), **good), {}), (v2(150, addresses=(), **good), {}),
        (v2(150, interval=2, **good), {}), (v2(150, **good), {"source": OWN}),
        (v2(150, **good)[:19], {}), (v2(150, **good)[:8], {}),
        # Several faults at once: which of them is told.
        (v2(150, sum_=1, **good), {"ttl": 3}), (v2(150, tail=b"1", **good), {"ttl": 3}), (v3(150), {"ttl": 3}),
        (v2(150, kind=2, **good), {"ttl": 3}), (v2(150, kind=2, sum_=1, **good), {}), (v3(150, kind=2), {}),
        (v2(150, auth=b"N", sum_=1), {}), (v2(150, auth_type=0, sum_=1, **good), {}),
        (v2(150, auth_type=9, sum_=1, **good), {}), (v2(150, auth=b"N", interval=3), {}),
        (v2(150, interval=3, addresses=(OTHER,), **good), {}), (v2(150, auth=b"N", addresses=(VIP, OTHER)), {}),
        (v2(150, interval=3, addresses=(VIP, OTHER), **good), {}), (v2(150, interval=3, sum_=1, **good), {}),
        (v2(150, sum_=1, addresses=(VIP, OTHER), **good), {}), (v2(150, sum_=1, addresses=(OTHER,), **good), {}),
        (v2(0, interval=3, **good), {}), (v2(3, interval=3, **good), {}),
    ]
    for payload, header in packets:
        s.send(payload, **header)
        s.wait(0.03)
    s.until(MASTER)


@situation(auth_pass="SOMEPASSWORD!", auth_type="AH", interval_ms=2000)
def a_master_with_a_header_alone(s):
    s.begin()
    s.until(MASTER)
    s.wait(4.5)


@situation(auth_pass="SOMEPASS", auth_type="AH")
def a_backup_with_a_header_refuses_packets(s):
    s.begin()
    s.until(BACKUP)
    good = v2(200, auth_type=2)
    for payload, header in [
        (ah(5, good), {}), (ah(5, good), {}), (ah(4, good), {}), (ah(5, good, proof=bytes(12)), {}),
        (ah(100, good), {}), (ah(101, good, proof=bytes(12)), {}), (ah(101, good), {}), (ah(102, good, key=b"OTHER"), {}),
        (ah(104, good, next_header=17), {}), (ah(105, good, length=5), {}),
        (ah(107, v2(200, auth_type=0)), {}), (ah(108, v2(200, auth_type=1)), {}), (ah(109, v2(200, auth_type=9)), {}),
        (ah(107, v2(200, auth_type=0), proof=bytes(12)), {}), (ah(106, good), {}),
        (ah(110, good), {"ttl": 254}), (ah(111, good, told_ttl=255), {"ttl": 254}), (ah(112, good, told_ttl=0), {}),
        (ah(3, good), {"source": "192.168.0.7"}), (ah(114, good), {}), (ah(116, v2(200, vrid=52, auth_type=2)), {}),
        (ah(117, v2(200, interval=5, auth_type=2)), {}), (ah(117, good), {}),
        (ah(118, v2(200, addresses=(OTHER,), auth_type=2)), {}), (ah(118, good), {}),
        (ah(119, v2(200, addresses=(VIP, OTHER), auth_type=2)), {}), (ah(119, good), {}),
        (ah(120, v2(200, auth_type=2, sum_=1)), {}), (ah(120, good), {}), (ah(120, v2(200, auth_type=2, sum_=1)), {}),
        (ah(121, good + b"1234"), {}), (ah(122, good[:-4]), {}), (ah(121, good), {}),
        (ah(123, v2(200, auth_type=2, version=3)), {}), (ah(123, v2(200, auth_type=2, version=4)), {}),
        (ah(123, v2(200, auth_type=2, kind=2)), {}), (ah(122, good), {}),
        (ah(130, good), {"source": OWN}), (ah(124, good), {}),
    ]:
        s.send(payload, **header)
        s.wait(0.03)
    s.until(MASTER)
    s.wait(1.2)


@situation(auth_pass="SOMEPASS", auth_type="AH")
def a_master_with_a_header_hears_lower_ones(s):
    s.begin()
    s.until(BACKUP)
    s.feed(1, ah(20, v2(50, auth_type=2)), every=0.3)
    s.until(MASTER)
    s.wait(0.4)
    s.feed(1, ah(22, v2(50, auth_type=2)), every=0.5)
    s.feed(1, ah(400, v2(50, auth_type=2)), every=0.5)
    s.feed(1, ah(500, v2(0, auth_type=2)), every=1.5)
    s.feed(1, ah(0xFFFFFFFE, v2(50, auth_type=2)), every=2.5)


@situation(auth_pass="SOMEPASS", auth_type="AH", lower_prio_delay_ms=0)
def the_numbers_of_a_header_begin_anew(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.feed(1, ah(0xFFFFFFFF, v2(50, auth_type=2)), every=1.3)
    s.feed(1, ah(100, v2(200, auth_type=2)), every=0.3)
    s.feed(1, ah(1, v2(200, auth_type=2)), every=0.3)
    s.until(MASTER, nth=2)
    s.wait(0.4)


@situation(auth_pass="SOMEPASS", auth_type="AH", lower_prio_no_advert=True)
def a_master_with_a_header_leaves_lower_ones_without_an_answer(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.feed(1, ah(22, v2(50, auth_type=2)), every=1.5)


@situation(auth_pass="SOMEPASS", auth_type="AH", higher_prio_send_advert=True)
def a_master_with_a_header_gives_way_and_comes_back(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.4)
    s.feed(1, ah(40, v2(200, auth_type=2)), every=0.5)
    s.link("eth0", False)
    s.until(FAULT)
    s.wait(0.3)
    s.link("eth0", True)
    s.until(BACKUP, nth=3)
    s.wait(0.2)
    s.feed(1, ah(30, v2(200, auth_type=2)), every=0.2)
    s.feed(1, ah(50, v2(200, auth_type=2)), every=0.2)
    s.until(MASTER, nth=2)
    s.wait(0.2)


@situation(version=3)
def a_backup_of_version_3_refuses_packets(s):
    s.begin()
    s.until(BACKUP)
    good = v3(150)
    for payload, header in [
        (v2(150), {}), (good[:6] + b"\x12\x34" + good[8:], {}), (good, {"ttl": 1}), (v3(150, vrid=52), {}),
        (v3(150, kind=2), {}), (good + b"\0\0\0\0", {}), (good[:8], {}), (v3(150, addresses=(OTHER,)), {}),
        (v3(150, addresses=(VIP, OTHER)), {}), (v3(150, addresses=()), {}), (good, {"source": OWN}),
        (good[:6] + b"\0\0" + good[8:], {}), (v3(150, 100 | 0xF000), {}),
    ]:
        s.send(payload, **header)
        s.wait(0.05)
    s.until(MASTER)


@situation(skip_check_adv_addr=True)
def addresses_of_the_same_master_are_not_looked_at_twice(s):
    s.begin()
    s.until(BACKUP)
    s.feed(1, v2(150, addresses=(OTHER,)), every=0.2)
    s.feed(1, v2(150), every=0.2)
    s.feed(1, v2(150, addresses=(OTHER,)), every=0.2)
    s.until(MASTER)


@situation()
def the_link_of_a_master_goes_and_comes(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.3)
    s.link("eth0", False)
    s.wait(1)
    s.link("eth0", True)
    s.until(BACKUP, nth=2)
    s.wait(0.3)


@situation()
def the_link_of_a_backup_goes_and_comes(s):
    s.begin()
    s.until(BACKUP)
    s.wait(0.3)
    s.link("eth0", False)
    s.until(FAULT)
    s.wait(0.3)
    s.link("eth0", True)
    s.until(BACKUP, nth=2)
    s.wait(0.3)


@situation()
def an_address_is_taken_away(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.3)
    run("ip", "-n", s.ours, "addr", "del", VIP + "/32", "dev", "eth0")
    s.until(MASTER, nth=2)
    s.wait(0.2)


@situation(**check(0))
def a_script_without_weight_fails_and_recovers(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.flag(False)
    s.until(FAULT)
    s.wait(0.3)
    s.flag(True)
    s.until(BACKUP, nth=2)
    s.wait(0.3)


@situation(**check(0))
def a_script_without_weight_fails_from_the_beginning(s):
    s.begin(s.script(False))
    s.wait(1.5)
    s.flag(True)
    s.until(BACKUP)
    s.wait(0.3)


@situation(**check(0, reverse=True))
def a_script_whose_success_is_the_fault(s):
    s.begin(s.script(True))
    s.wait(1.5)
    s.flag(False)
    s.until(BACKUP)
    s.wait(0.3)


@situation(**check(20))
def a_positive_weight(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.wait(1.2)
    s.flag(False)
    s.until("from 120 to 100")
    s.wait(1.2)


@situation(**check(-20))
def a_negative_weight(s):
    s.begin(s.script(False))
    s.until(MASTER)
    s.wait(1.2)
    s.flag(True)
    s.until("from 80 to 100")
    s.wait(1.2)


@situation(**check(20, reverse=True))
def a_positive_weight_reversed(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.wait(0.5)
    s.flag(False)
    s.until("from 80 to 100")
    s.wait(1.2)


@situation(**check(-20, reverse=True))
def a_negative_weight_reversed(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.wait(0.5)
    s.flag(False)
    s.until("from 100 to 120")
    s.wait(1.2)


@situation(**check(200))
def a_weight_beyond_the_range(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.wait(0.5)


@situation(**check(-60))
def a_master_whose_weight_drops_gives_way(s):
    s.begin(s.script(True))
    s.until(MASTER)
    s.flag(False)
    s.until("from 100 to 40")
    s.wait(0.5)
    s.feed(2, v2(50))
    s.flag(True)
    s.until("from 40 to 100")
    s.feed(5, v2(50), every=0.9)


@situation(preempt_delay_ms=2000, **check(60))
def a_weight_that_comes_back_waits_for_preemption(s):
    s.begin(s.script(False))
    s.until(BACKUP)
    s.feed(2, v2(150), every=0.9)
    s.flag(True)
    s.feed(8, v2(150), every=0.9)


@situation(tracked=[{"kind": "interface", "name": "eth1", "weight": 10, "reverse": False},
                    {"kind": "interface", "name": "eth2", "weight": -10, "reverse": False}])
def weights_of_interfaces(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.5)
    s.link("eth1", False)
    s.wait(1.2)
    s.link("eth1", True)
    s.wait(1.2)


@situation(tracked=[{"kind": "interface", "name": "eth1", "weight": 0, "reverse": False}])
def an_interface_without_weight(s):
    s.begin()
    s.until(MASTER)
    s.wait(0.5)
    s.link("eth1", False)
    s.wait(0.5)
    s.link("eth1", True)
    s.until(BACKUP, nth=2)
    s.wait(0.3)


def the_documents_file(s):
    s.begin()
    s.until(MASTER)
    s.wait(1.2)
    s.flag(False)
    s.until("Changing effective priority", nth=2)
    s.wait(1.2)


# The published files, each node alone: what they make their owner send.
SITUATIONS |= {
    name: ({"document": f"{name}.conf", "instance": instance, **settings}, the_documents_file)
    for name, instance, settings in [
        ("001-lb1-master", "VI_1", {"priority": 101, "state": "MASTER", **check(2)}),
        ("001-lb2-backup", "VI_1", check(2)),
        ("002-dc1", "dc1server", {"vrid": 50, "priority": 101, "state": "MASTER", "auth_pass": "SOMEPASSWORD!",
                                  "addresses": ["10.0.10.3"], **check(20)}),
        ("002-dc2", "dc2server", {"vrid": 50, "priority": 101, "state": "MASTER", "auth_pass": "SOMEPASS",
                                  "addresses": ["10.0.20.3"], **check(20)}),
    ]
}


def record(name):
    settings, steps = SITUATIONS[name]
    settings = dict(settings)
    published, instance = settings.pop("document", None), settings.pop("instance", "VI_1")
    text = config(settings)
    with Situation(str(list(SITUATIONS).index(name)), text, instance, v6=":" in text) as s:
        if published:
            s.script(True)
            s.config = document(published, f"{s.folder.name}/check")
            text = document(published, "check")
        steps(s)
        s.end()
        settings = SETTINGS | settings
        events = s.record()
    return {"name": name, "settings": settings, "config": text, "events": events}


def main():
    names = sys.argv[1:] or list(SITUATIONS)
    with ThreadPoolExecutor(int(os.environ.get("JOBS", "4"))) as pool:
        records = list(pool.map(record, names))
    if sys.argv[1:]:
        print(json.dumps(records, indent=1))
        return
    version = subprocess.run(["keepalived", "-v"], capture_output=True, text=True).stderr.splitlines()[0]
    with open(f"{HERE}/replays.json", "w") as file:
        file.write('{"program": %s, "replays": [\n' % json.dumps(version))
        for i, entry in enumerate(records):
            events = entry.pop("events")
            head = json.dumps(entry)[:-1] + ', "events": [\n'
            file.write(head + ",\n".join("  " + json.dumps(event) for event in events))
            file.write("\n]}" + (",\n" if i + 1 < len(records) else "\n"))
        file.write("]}\n")


if __name__ == "__main__":
    main()
