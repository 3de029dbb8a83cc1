#!/usr/bin/env python3
"""Records what haproxy logs and shows when servers change that others track (tracking.json).

    record_tracking.py [HAPROXY] > tracking.json
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/haproxy"

FILE = """
global
    stats socket DIR/cli level admin
    log DIR/log local0
defaults
    mode http
    log global
    timeout connect 1s
    timeout client 10s
    timeout server 10s
backend a
    server s1 127.0.0.1:1 check inter 100m
    server s2 127.0.0.1:1
backend b
    server t1 127.0.0.1:1 track a/s1
    server t2 127.0.0.1:1
    server t3 127.0.0.1:1 track t1
backend c
    server u1 127.0.0.1:1 track b/t1
    server u2 127.0.0.1:1 track b/t1 disabled backup
"""

WORDS = {
    "maint": "state maint",
    "drain": "state drain",
    "ready": "state ready",
    "up": "health up",
    "down": "health down",
    "stopping": "health stopping",
}

STEPS = """
a/s1 down, a/s1 up, a/s1 stopping, a/s1 down, a/s1 maint, a/s1 ready, a/s1 drain, a/s1 ready
a/s1 maint, b/t1 maint, b/t1 ready, a/s1 ready
b/t1 maint, a/s1 maint, a/s1 ready, b/t1 ready
a/s1 drain, b/t1 drain, b/t1 ready, a/s1 ready
b/t1 drain, a/s1 drain, a/s1 ready, b/t1 ready
a/s1 maint, b/t1 drain, a/s1 ready, b/t1 ready
a/s1 drain, b/t1 maint, b/t1 ready, a/s1 ready
a/s1 down, b/t1 drain, b/t1 ready, a/s1 maint, a/s1 drain, a/s1 ready, a/s1 up
a/s1 maint, b/t1 ready, b/t1 drain, b/t1 ready, a/s1 drain, b/t1 maint, a/s1 ready, b/t1 ready
b/t1 maint, b/t1 drain, b/t1 ready
a/s1 stopping, b/t1 maint, b/t1 ready, a/s1 up
a/s1 down, b/t1 maint, a/s1 maint, a/s1 ready, b/t1 ready
a/s1 down, a/s1 maint, a/s1 ready
c/u2 ready, a/s1 down, a/s1 up, c/u1 maint, a/s1 down, c/u1 ready, a/s1 up
b/t1 maint, a/s1 down, b/t1 ready, a/s1 up
""".strip().splitlines()


def ask(path, command):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        line.sendall(command.encode() + b"\n")
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer.decode("latin1")


def rows(path):
    lines = ask(path, "show stat").splitlines()
    names = lines[0].lstrip("# ").split(",")
    found = [dict(zip(names, line.split(","))) for line in lines[1:] if line]
    return {f"{row['pxname']}/{row['svname']}": row for row in found}


def drain_log(log):
    lines = []
    log.settimeout(0.05)
    while True:
        try:
            line = log.recv(8192).decode("latin1").strip()
        except TimeoutError:
            return lines
        lines.append([int(line[1 : line.index(">")]) & 7, line[line.index("]: ") + 3 :]])


def main():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(f"{folder}/log")
        with open(f"{folder}/cfg", "w") as file:
            file.write(FILE.replace("DIR", folder))
        process = subprocess.Popen([PROGRAM, "-db", "-f", f"{folder}/cfg"], stderr=subprocess.DEVNULL)
        try:
            cli = f"{folder}/cli"
            until = time.time() + 10
            while True:
                try:
                    # The first check finds nobody, and takes the server down.
                    if rows(cli)["a/s1"]["check_status"] == "L4CON":
                        break
                except OSError:
                    pass
                if time.time() > until:
                    raise SystemExit("haproxy does not answer")
                time.sleep(0.02)
            drain_log(log)
            ask(cli, "set server a/s1 health up")
            drain_log(log)
            cases = []
            for line in STEPS:
                steps = []
                for step in line.split(", "):
                    server, what = step.split(" ")
                    ask(cli, f"set server {server} {WORDS[what]}")
                    said = drain_log(log)
                    status = {
                        name: row["status"] for name, row in rows(cli).items() if row["svname"] != "BACKEND"
                    }
                    flags = {}
                    for state in ask(cli, "show servers state").splitlines()[2:]:
                        words = state.split(" ")
                        if len(words) > 6:
                            flags[f"{words[1]}/{words[3]}"] = [int(words[5]), int(words[6])]
                    steps.append({"step": step, "log": said, "status": status, "flags": flags})
                cases.append(steps)
            tracked = {name: row["tracked"] for name, row in rows(cli).items() if row["tracked"]}
        finally:
            process.kill()
            process.wait()
    json.dump({"tracked": tracked, "cases": cases}, sys.stdout, indent=1)
    print()


main()
