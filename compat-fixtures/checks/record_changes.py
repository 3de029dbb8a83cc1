#!/usr/bin/env python3
"""Records what Debian's haproxy logs and counts when servers change, by checks and by the administrator.

Usage: record_changes.py [HAPROXY] > changes.json

Each case is a backend with a few servers on loopback ports of this script (closed to begin with "down") and a list of steps:
"open NAME" and "close NAME" start and stop a server's listener, "page ACTION NAME" uses the
statistics page's form, anything else is a command for the stats socket. After each
step the script waits until the statistics' columns kept here have settled, and writes down the lines sent to syslog (level
and text; check durations become N) and to stderr, and those columns.
"""
import csv, io, json, os, re, socket, subprocess, sys, tempfile, time

from rig import Listener, command, form

HAPROXY = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/haproxy"
COLUMNS = ["status", "weight", "act", "bck", "chkfail", "chkdown", "check_status", "check_health", "check_rise", "check_fall"]

TWO = {"s1": "", "s2": ""}
WITH_BACKUP = {"s1": "", "s2": "", "b1": "backup"}
CASES = {
    "checks-quiet": ([], TWO, ["close s1", "open s1", "close s1", "close s2", "open s2", "open s1"]),
    "checks-logged": (["option log-health-checks"], TWO, ["close s1", "open s1", "close s1", "close s2", "open s2", "open s1"]),
    "checks-backup": ([], WITH_BACKUP, ["close s1", "close s2", "close b1", "open b1", "open s2", "close b1", "open b1"]),
    "start-down": ([], TWO, [], ["s1", "s2"]),
    "start-down-one": ([], TWO, ["open s1"], ["s1"]),
    "start-down-logged": (["option log-health-checks"], TWO, ["open s1"], ["s1", "s2"]),
    "rise-fall-one": ([], {"s1": "rise 1 fall 1", "s2": "rise 1 fall 1"}, ["close s1", "open s1"]),
    "rise-fall-one-logged": (["option log-health-checks"], {"s1": "rise 1 fall 1"}, ["close s1", "open s1"]),
    "http-logged": (["option log-health-checks", "option httpchk"], {"s1": "http"}, ["close s1", "open s1", "answer 404", "answer 500", "answer 200"]),
    "http-quiet": (["option httpchk"], {"s1": "http"}, ["close s1", "open s1", "answer 404", "answer 500", "answer 200"]),
    "maint": ([], WITH_BACKUP, [
        "disable server P/s1", "disable server P/s1", "disable server P/s2", "disable server P/b1", "enable server P/b1",
        "enable server P/s2", "enable server P/s2", "set server P/s1 state ready", "set server P/s1 state ready"]),
    "maint-while-down": ([], TWO, ["close s1", "disable server P/s1", "enable server P/s1", "open s1"]),
    "maint-comes-back-dead": ([], TWO, ["disable server P/s1", "close s1", "enable server P/s1"]),
    "maint-comes-back-dead-logged": (["option log-health-checks"], TWO, ["disable server P/s1", "close s1", "enable server P/s1", "open s1"]),
    "maint-unchecked": ([], {"s1": "nocheck", "s2": "nocheck"}, [
        "disable server P/s1", "disable server P/s2", "enable server P/s1", "enable server P/s2",
        "set server P/s1 state drain", "set server P/s2 state drain", "set server P/s1 state ready", "set server P/s2 state ready",
        "set server P/s1 health down", "set server P/s1 health up", "set server P/s1 health stopping"]),
    "drain": ([], WITH_BACKUP, [
        "set server P/s1 state drain", "set server P/s1 state drain", "set server P/s2 state drain", "set server P/b1 state drain",
        "set server P/b1 state ready", "set server P/s1 state ready", "set server P/s2 state ready"]),
    "drain-and-maint": ([], TWO, [
        "set server P/s1 state drain", "set server P/s1 state maint", "set server P/s1 state drain", "set server P/s1 state maint",
        "set server P/s1 state ready", "disable server P/s1", "set server P/s1 state drain", "enable server P/s1",
        "set server P/s1 state drain", "enable server P/s1", "set server P/s1 state drain", "disable server P/s1", "enable server P/s1"]),
    "drain-while-down": ([], TWO, ["close s1", "set server P/s1 state drain", "open s1", "close s1", "set server P/s1 state ready", "open s1"]),
    "drain-dies": ([], TWO, ["set server P/s1 state drain", "close s1", "open s1", "set server P/s1 state ready"]),
    "weight": ([], WITH_BACKUP, [
        "set weight P/s1 0", "set weight P/s1 0", "set weight P/s2 0", "set weight P/b1 0", "set weight P/b1 1", "set weight P/s1 100%",
        "set weight P/s2 200%", "set weight P/s2 50", "set server P/s2 weight 1", "set weight P/s1 257", "set weight P/s1 x",
        "set weight P/s1 -1", "set weight P/s1 1000%", "set weight P/s1 50000%"]),
    "weight-zero-and-states": ([], TWO, [
        "set weight P/s1 0", "set server P/s1 state drain", "set server P/s1 state ready", "set weight P/s1 1",
        "set weight P/s1 0", "disable server P/s1", "enable server P/s1", "close s1", "open s1", "close s1", "set weight P/s1 10", "open s1"]),
    "drain-weight": ([], TWO, ["set server P/s1 state drain", "set weight P/s1 0", "set server P/s1 state ready", "set weight P/s1 1",
        "set server P/s1 state drain", "set weight P/s1 0", "set weight P/s1 1", "set server P/s1 state ready"]),
    "health-forced": ([], TWO, [
        "disable health P/s1", "set server P/s1 health down", "set server P/s1 health down", "set server P/s2 health down", "set server P/s1 health up",
        "set server P/s1 health stopping", "set server P/s1 health down", "set server P/s1 health stopping", "set server P/s1 health up",
        "enable health P/s1"]),
    "health-forced-logged": (["option log-health-checks"], TWO, [
        "set server P/s1 health down", "set server P/s1 health up", "set server P/s1 health stopping"]),
    "health-checks-off": ([], TWO, ["disable health P/s1", "close s1", "enable health P/s1", "disable health P/s1", "open s1", "enable health P/s1"]),
    "disabled-in-file": ([], {"s1": "disabled", "s2": ""}, ["enable server P/s1", "disable server P/s1", "set server P/s1 state ready"]),
    "disabled-in-file-all": ([], {"s1": "disabled"}, ["enable server P/s1"]),
    "disabled-in-file-dead": ([], {"s1": "disabled", "s2": ""}, ["enable server P/s1", "open s1"], ["s1"]),
    "backup-only": ([], {"b1": "backup"}, ["close b1", "open b1", "disable server P/b1", "enable server P/b1"]),
    "weight-zero-in-file": ([], {"s1": "weight 0", "s2": ""}, ["close s1", "open s1", "close s2", "set weight P/s1 1", "open s2"]),
    "maint-and-health": ([], TWO, ["disable server P/s1", "set server P/s1 health down", "set server P/s1 health up", "enable server P/s1",
        "close s1", "disable server P/s1", "set server P/s1 health up", "disable health P/s1", "enable server P/s1"]),
    "maint-weight": ([], TWO, ["disable server P/s1", "set weight P/s1 0", "set weight P/s1 5", "enable server P/s1"]),
    "drain-and-health": ([], TWO, ["disable health P/s1", "set server P/s1 state drain", "set server P/s1 health stopping",
        "set server P/s1 health down", "set server P/s1 health stopping", "set server P/s1 health up", "set server P/s1 state ready",
        "set server P/s1 health stopping", "set server P/s1 state drain", "set server P/s1 state ready", "set server P/s1 state maint",
        "set server P/s1 state ready"]),
    "page": ([], TWO, ["page ready s1", "page maint s1", "page maint s1", "page drain s1", "page ready s1", "page drain s1",
        "page maint s1", "page ready s1", "page hdown s1", "page hnolb s1", "page dhlth s1", "page hdown s1", "page hrunn s1",
        "page hnolb s1", "page ehlth s1", "page stop s1", "page stop s1", "page start s1", "page start s1", "page maint s1", "page stop s1", "page start s1"]),
    "page-old-forms": ([], TWO, ["page disable s1", "page disable s1", "page enable s1", "page enable s1", "page stop s1", "page disable s1",
        "page enable s1", "page maint s1", "page enable s1", "page disable s1", "page stop s1", "page ready s1",
        "close s1", "page disable s1", "page enable s1"]),
    "errors": ([], TWO, [
        "disable server P/x", "disable server x/s1", "disable server P", "disable server", "set server P/s1", "set server P/s1 state",
        "set server P/s1 state foo", "set server P/s1 health foo", "set server P/s1 foo", "set server P/s1 weight", "set weight P/s1",
        "set weight P/x 1", "set server P/x state ready", "enable health P/x", "disable health P/x", "get weight P/s1", "get weight P/x"]),
}


class Server(Listener):
    """One that answers with the status that was last asked for."""

    status = "200 OK"

    def reply(self, connection):
        connection.recv(4096)
        connection.sendall(f"HTTP/1.0 {self.status}\r\n\r\n".encode())
        return True


def columns(path):
    rows = csv.DictReader(io.StringIO(command(path, "show stat")[2:]))
    return {r["svname"]: {c: r[c].lstrip("* ") for c in COLUMNS} for r in rows if r["pxname"] == "P"}


def run(name, options, servers, steps, closed=()):
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    log.setblocking(False)
    out = []
    with tempfile.TemporaryDirectory() as folder:
        sock, err = os.path.join(folder, "sock"), os.path.join(folder, "err")
        listeners = {s: Server("http" in o) for s, o in servers.items()}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            page = free.getsockname()[1]
        cfg = ["global", f" stats socket {sock} level admin", f" log 127.0.0.1:{log.getsockname()[1]} len 4096 local0",
               "defaults", " mode tcp", " log global", " timeout connect 300ms", " timeout server 5s", " timeout client 5s",
               "listen page", " mode http", " no log", f" bind 127.0.0.1:{page}", " stats enable", " stats uri /",
               " stats admin if TRUE", "backend P", *(" " + o for o in options)]
        for s, o in servers.items():
            check = "" if "nocheck" in o else "check inter 30ms "
            o = o.replace("nocheck", "").replace("http", "")
            cfg.append(f" server {s} 127.0.0.1:{listeners[s].port} {check}{o}")
            if s not in closed:
                listeners[s].open()
        path = os.path.join(folder, "cfg")
        with open(path, "w") as f:
            f.write("\n".join(cfg) + "\n")
        logged = []

        def settle():
            """Waits until nothing was logged and no column changed for 400 ms."""
            last, since = None, time.monotonic()
            end = since + 10
            while time.monotonic() < end:
                try:
                    while True:
                        line = log.recv(65536).decode("latin-1")
                        logged.append([int(line[1:line.index(">")]) % 8, line.split("]: ", 1)[1].rstrip("\n")])
                except BlockingIOError:
                    pass
                now = (columns(sock) if os.path.exists(sock) else None, len(logged))
                if now != last:
                    last, since = now, time.monotonic()
                elif now[0] and time.monotonic() - since > 0.4:
                    return now[0]
                time.sleep(0.01)
            raise SystemExit(f"{name}: nothing settles")

        def note(step, answer=None):
            cols = settle()
            with open(err, errors="replace") as f:
                f.seek(note.at)
                text = f.read()
                note.at = f.tell()
            stderr = [re.sub(r"\(\d+\)", "(PID)", l) for l in text.splitlines() if "haproxy version is" not in l and "path to exec" not in l]
            norm = lambda t: re.sub(r"check duration: \d+ms", "check duration: Nms", t)
            row = {"step": step, "log": [[l, norm(t)] for l, t in logged], "stderr": [norm(l) for l in stderr], "columns": cols}
            if answer is not None:
                row["answer"] = answer
            logged.clear()
            out.append(row)
        note.at = 0

        proc = subprocess.Popen([HAPROXY, "-db", "-f", path], stderr=open(err, "w"))
        try:
            note("start")
            for step in steps:
                verb, _, what = step.partition(" ")
                if verb in ("open", "close"):
                    getattr(listeners[what], verb)()
                    note(step)
                elif verb == "answer":
                    for l in listeners.values():
                        l.status = what + " Some reason"
                    note(step)
                elif verb == "page":
                    note(step, form(page, *what.split()))
                else:
                    note(step, command(sock, step))
        finally:
            proc.terminate()
            proc.wait()
        for l in listeners.values():
            l.close()
            l.hold.close()
    return {"options": options, "servers": servers, "closed_at_start": list(closed), "steps": out}


wanted = sys.argv[2:] or list(CASES)
json.dump({n: run(n, *CASES[n]) for n in wanted}, sys.stdout, indent=1)
print()
