#!/usr/bin/env python3
"""Records what Debian's haproxy makes of what agents say: what it logs and counts, and what its statistics and states show.

Usage: record_agents.py [HAPROXY] > agents.json
       record_agents.py HAPROXY-3.2 newer > agents-newer.json

Each case is a backend with a few servers on loopback ports of this script and steps: "say NAME TEXT" is what the agent of that
server says from now on (its escapes are Python's; nothing is an empty answer), "hush NAME" closes the agent's port, "open NAME" and
"close NAME" are the server's own port, "page ACTION NAME" uses the statistics page's form, anything else is a command for the
stats socket. After each step the script waits until what is kept here has settled, and writes down the lines sent to syslog
(level and text; check durations become N) and to stderr, columns of the statistics, fields of the servers' states, and cells of
the statistics page.
"""
import csv, io, json, os, re, socket, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

from rig import Listener, command, form

HAPROXY = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/haproxy"
COLUMNS = ["status", "weight", "uweight", "slim", "act", "bck", "chkfail", "chkdown", "check_status", "check_health",
           "agent_status", "agent_code", "agent_duration", "agent_desc", "last_agt", "agent_rise", "agent_fall", "agent_health"]
STATE = ["srv_op_state", "srv_admin_state", "srv_uweight", "srv_check_status", "srv_check_result", "srv_check_health",
         "srv_check_state", "srv_agent_state"]

ONE = {"s1": ""}
TWO = {"s1": "check", "s2": "check"}
RR = ["balance roundrobin"]
CASES = {
    "health": (RR, TWO, ["say s1 up\\n", "say s1 down\\n", "say s1 down#why\\n", "say s1 up\\n", "say s1 fail # the disk\\n",
        "say s1 stopped#a b,c d\\n", "say s1 up\\n", "say s1 Down\\n", "say s1 DOWN\\n", "say s1 UP\\n", "say s1 up #not needed\\n",
        "say s1 stop\\n", "say s1 failed\\n"]),
    "health-without-checks": (RR, {"s1": "", "s2": "agentless"}, ["say s1 down\\n", "say s1 up\\n", "say s1 fail\\n", "say s1 stopped\\n",
        "hush s1", "say s1 up\\n"]),
    "health-logged": (RR + ["option log-health-checks"], TWO, ["say s1 down\\n", "say s1 down#why\\n", "say s1 fail#other\\n", "say s1 up\\n", "say s1 50%\\n", "say s1 100%\\n", "say s1 maint\\n", "say s1 ready\\n", "hush s1"]),
    "health-and-checks": (RR, TWO, ["say s1 down\\n", "close s1", "say s1 up\\n", "open s1", "close s1", "say s1 down\\n", "open s1", "say s1 up\\n"]),
    "admin": (RR, TWO, ["say s1 drain\\n", "say s1 ready\\n", "say s1 maint\\n", "say s1 drain\\n", "say s1 ready\\n", "say s1 ready up\\n",
        "say s1 maint\\n", "say s1 maint down\\n", "say s1 ready\\n", "say s1 up\\n", "say s1 drain down\\n", "say s1 ready up 50%\\n",
        "say s1 Drain\\n", "say s1 READY\\n", "say s1 maint drain\\n", "say s1 drain maint\\n", "say s1 ready drain\\n", "say s1 down ready\\n", "say s1 up ready\\n"]),
    "admin-and-administrator": (RR, TWO, ["disable server P/s1", "say s1 ready\\n", "set server P/s1 state drain", "say s1 maint\\n", "enable server P/s1", "disable agent P/s1",
        "enable server P/s1", "enable agent P/s1", "say s1 up\\n", "set server P/s1 state ready"]),
    "weights": (RR, {"s1": "check weight 10", "s2": "check"}, ["say s1 50%\\n", "say s1 0%\\n", "say s1 100%\\n", "say s1 200%\\n", "say s1 99999%\\n", 
        "say s1 -5%\\n", "say s1 5\\n", "say s1 5%%\\n", "say s1 12x%\\n", "say s1 +60%\\n", "say s1 %\\n",
        "say s1 50% 75%\\n", "say s1 50% up\\n", "say s1 up 60%\\n", "say s1 60 %\\n", "say s1 50%5\\n"]),
    "weights-static": (["balance static-rr"], {"s1": "check weight 10", "s2": "check"}, ["say s1 50%\\n", "say s1 0%\\n", "say s1 100%\\n"]),
    "newer-weights": (RR, {"s1": "check weight 10", "s2": "check"}, ["say s1 weight:20\\n", "say s1 weight:50%\\n", "say s1 Weight:30\\n", "say s1 weight:0\\n", "say s1 weight:257\\n", "say s1 weight:x\\n", "say s1 weight:-5\\n", "say s1 weight:\\n", "say s1 weight:7 weight:8\\n", "say s1 weight:5 50%\\n", "say s1 weight:10\\n", "say s1 weight:3\\n", "say s1 weight:x\\n"]),
    "newer-weights-static": (["balance static-rr"], {"s1": "check weight 10", "s2": "check"}, ["say s1 weight:0\\n", "say s1 weight:10\\n", "say s1 weight:50%\\n", "say s1 weight:100%\\n"]),
    "maxconn": (RR, {"s1": "check maxconn 10", "s2": "check"}, ["say s1 maxconn:30\\n", "say s1 maxconn:0\\n", "say s1 maxconn:-1\\n", "say s1 maxconn:x\\n", "say s1 maxconn:\\n", "say s1 Maxconn:7\\n", "say s1 maxconn:5x\\n", "say s1 maxconn:30%\\n", "say s1 maxconn:8 up 50%\\n", "say s1 maxconn:99999999999\\n"]),
    "words": (RR, TWO, ["say s1 foo\\n", "say s1 foo bar\\n", "say s1 foo up\\n", "say s1 up foo\\n", "say s1 foo down\\n", "say s1 down foo\\n", "say s1 up,50%\\n", "say s1 up\\t60%\\n", "say s1  up\\n", "say s1 ,,up,,\\n", "say s1 \\n", "say s1 ", "say s1 up", "say s1 down", "say s1 up\\r\\n", "say s1 up\\ndown\\n", "say s1 \\nup\\n", "say s1 up\\rdown\\n", "say s1 #why\\n", "say s1 foo#why\\n", "say s1 down#\\n", "say s1 down# \\n", "say s1 up down\\n", "say s1 down up\\n", "say s1 down fail\\n", "say s1 down#one fail#two\\n", "say s1 upward\\n", "say s1 up;\\n", "say s1 down \\x01\\xff<>\"\\n", "say s1 down#\\x01\\xff<>\"\\n", "say s1 up\\x00down\\n", "say s1 up 50% maxconn:3 foo#bar\\n", "say s1 50% foo\\n"]),
    "words-refused": (RR, TWO, ["say s1 foo\\n", "say s1 maxconn:x\\n", "say s1 -5%\\n", "say s1 up\\n", "say s1 ready\\n", "say s1 " + "a" * 200 + "\\n", "say s1 down#" + "b" * 200 + "\\n"]),
    "silence": (RR, TWO, ["hush s1", "say s1 down\\n", "hush s1", "disable agent P/s1", "enable agent P/s1", "say s1 up\\n"]),
    "start-down": (RR, TWO, ["say s1 up\\n"], {"s1": "down#not yet\\n"}),
    "start-maint": (RR, TWO, ["say s1 ready\\n"], {"s1": "maint\\n"}),
    "socket": (RR, TWO, ["set server P/s1 agent down", "set server P/s1 agent down", "set server P/s1 agent up", "set server P/s1 agent up", "set server P/s1 agent maint", "set server P/s1 agent",
        "say s1 down\\n", "set server P/s1 agent up", "disable agent P/s1", "set server P/s1 agent down", "set server P/s1 agent up", "enable agent P/s1", "say s1 up\\n",
        "disable agent P/s1", "say s1 down\\n", "enable agent P/s1", "disable agent P/s1", "set server P/s1 agent up", "set server P/s1 health up", "set server P/s1 health down", "set server P/s1 health up",
        "disable agent P/x", "enable agent P/x", "set server P/x agent up"]),
    "socket-agentless": (RR, {"s1": "check agentless"}, ["set server P/s1 agent down", "disable agent P/s1", "enable agent P/s1", "set server P/s1 agent-addr 127.0.0.1", "set server P/s1 agent-port 1", "set server P/s1 agent-send x"]),
    "places": (RR, TWO, ["set server P/s1 agent-addr", "set server P/s1 agent-addr 127.0.0.2", "set server P/s1 agent-addr nowhere.invalid", "set server P/s1 agent-addr ::1", "set server P/s1 agent-addr 127.0.0.1 port", "set server P/s1 agent-addr 127.0.0.1 foo 5", "set server P/s1 agent-addr 127.0.0.1 port x", "set server P/s1 agent-addr 127.0.0.1 port 70000", "set server P/s1 agent-addr 127.0.0.1 port 0",
        "set server P/s1 agent-port", "set server P/s1 agent-port 0", "set server P/s1 agent-port x", "set server P/s1 agent-port 70000", "set server P/s1 agent-port -1", "set server P/s1 agent-send", "set server P/s1 agent-send x",
        "set server P/s1 check-addr", "set server P/s1 check-addr 127.0.0.2", "set server P/s1 check-addr nowhere.invalid", "set server P/s1 check-addr 127.0.0.1 port", "set server P/s1 check-addr 127.0.0.1 foo 5", "set server P/s1 check-addr 127.0.0.1 port x",
        "set server P/s1 check-port", "set server P/s1 check-port x", "set server P/s1 check-port 70000", "set server P/s1 check-port 0", "set server P/s2 check-port 5x"]),
    "page": (RR, TWO, ["page adown s1", "page arunn s1", "page dagent s1", "page adown s1", "page eagent s1", "page arunn s1"]),
    "page-agentless": (RR, {"s1": "check agentless"}, ["page adown s1", "page arunn s1", "page dagent s1", "page eagent s1"]),
    "tracked": (RR, {"s1": "check", "s2": "agentless track s1"}, ["say s1 down\\n", "say s1 up\\n", "say s1 drain\\n", "say s1 maint\\n", "say s1 ready\\n", "say s1 50%\\n", "set server P/s2 agent down"]),
    "tracked-agent-alone": (RR, {"s1": "", "s2": "agentless track s1"}, ["say s1 down\\n", "say s1 up\\n", "say s1 maint\\n", "say s1 ready\\n"]),
    "maintenance": (RR, TWO, ["say s1 down\\n", "disable server P/s1", "enable server P/s1", "say s1 up\\n", "say s1 maint\\n", "say s1 up\\n", "enable server P/s1"]),
    "disabled": (RR, {"s1": "check disabled", "s2": "check"}, ["say s1 ready\\n", "say s1 down\\n", "say s1 up\\n"]),
    "paused-checks": (RR, TWO, ["say s1 down\\n", "disable health P/s1", "say s1 up\\n", "close s1", "say s1 down\\n", "enable health P/s1", "say s1 up\\n", "open s1"]),
    "rise": (RR, {"s1": "check rise 3 fall 4", "s2": "check"}, ["say s1 down\\n", "say s1 up\\n"]),
    "slow": (RR + ["timeout check 100ms"], TWO, ["hang s1", "say s1 up\\n"]),
    "more-words": (RR, TWO, ["say s1 up foo #why\\n", "say s1 up #why foo\\n", "say s1 foo #why\\n", "say s1 up #\\n", "say s1 up # \\n", "say s1 up #a # b\\n", "say s1 foo bar up\\n", "say s1 up maxconn:x\\n", "say s1 up foo maxconn:x\\n", "say s1 foo maxconn:x\\n", "say s1 5%% up\\n", "say s1 5%% maxconn:x\\n", "say s1 maxconn:x 5%%\\n", "say s1 5%% #why\\n", "say s1 5%% foo\\n", "say s1 up #two  spaces, here\\n", "say s1 maxconn:1 maxconn:2\\n", "say s1 up\\t#tab\\n", "say s1 up,#comma\\n", "say s1 up # lead\\n", "say s1 up #,lead\\n", "say s1 up #\\tlead \\n", "say s1 ready#x\\n"]),
    "drain-by-administrator": (RR, TWO, ["set server P/s1 state drain", "disable agent P/s1", "set server P/s1 state ready", "set server P/s1 health stopping", "enable agent P/s1"]),
    "health-forced": (RR, TWO, ["say s1 down\\n", "set server P/s1 health up", "set server P/s1 health down", "set server P/s1 health stopping", "set server P/s1 health up", "say s1 up\\n", "close s1", "set server P/s1 agent down", "set server P/s1 agent up", "set server P/s1 health up"]),
    "health-forced-agent-alone": (RR, {"s1": ""}, ["say s1 50%\\n", "set server P/s1 agent down", "set server P/s1 agent up", "set server P/s1 health down", "set server P/s1 health up", "set server P/s1 health stopping", "set server P/s1 agent down", "set server P/s1 health up", "set server P/s1 agent up"]),
    "socket-quiet": (RR, TWO, ["say s1 50%\\n", "set server P/s1 agent down", "set server P/s1 agent down", "set server P/s1 agent up", "set server P/s1 agent up", "set server P/s1 agent down", "disable server P/s1", "set server P/s1 agent up", "set server P/s1 agent down", "enable server P/s1", "set server P/s1 agent up", "close s1", "set server P/s1 agent down", "set server P/s1 agent up", "open s1"]),
    "socket-quiet-logged": (RR + ["option log-health-checks"], TWO, ["say s1 50%\\n", "set server P/s1 agent down", "set server P/s1 agent up", "say s1 up\\n", "say s1 50%\\n", "say s1 up\\n", "say s1 up", "say s1 foo\\n", "say s1 up foo\\n"]),
    "page-quiet": (RR, TWO, ["say s1 50%\\n", "page adown s1", "page adown s1", "page arunn s1", "page arunn s1", "page dagent s1", "page adown s1", "page arunn s1", "page dagent s1", "page eagent s1"]),
    "backup-down": (RR + ["option log-health-checks"], {"s1": "check", "b1": "check backup"}, ["say b1 down\\n", "say b1 up\\n"]),
    "paused-while-away": (RR, TWO, ["say s1 down\\n", "disable agent P/s1", "disable server P/s1", "enable server P/s1", "say s1 up\\n", "enable agent P/s1"]),
    "agent-alone-disabled": (RR, {"s1": "", "s2": ""}, ["say s1 down\\n", "disable agent P/s1", "disable server P/s1", "enable server P/s1", "say s1 up\\n", "enable agent P/s1"]),
}



class Agent(Listener):
    """`answer` is what those are told who come; without one it is a server that says nothing."""

    def __init__(self, answer=None):
        self.answer, self.hang, self.kept = answer, False, []
        super().__init__(answer is not None)

    def reply(self, connection):
        if self.hang:
            self.kept.append(connection)
            return False
        connection.sendall(self.answer)
        return True


def columns(path, ports):
    try:
        rows = list(csv.DictReader(io.StringIO(command(path, "show stat")[2:])))
    except (ConnectionRefusedError, FileNotFoundError):
        return None
    if any("*" in r["check_status"] + r["agent_status"] for r in rows):
        # Of one that is under way not everything is there.
        return None
    stat = {r["svname"]: {c: r[c].rstrip("\n") if c == "last_agt" else re.sub(".+", "N", r[c]) if c == "agent_duration" else r[c].lstrip("* ") for c in COLUMNS} for r in rows if r["pxname"] == "P"}
    lines = command(path, "show servers state P").splitlines()[1:]
    names = lines[0][2:].split()
    for line in filter(None, lines[1:]):
        row = dict(zip(names, line.split()))
        # Bits 0 and 1 of a check's state: it is under way.
        row["srv_check_state"] = str(int(row["srv_check_state"]) & ~1)
        row["srv_agent_state"] = str(int(row["srv_agent_state"]) & ~1)
        stat[row["srv_name"]].update({c: row[c] for c in STATE})
        port = "own" if row["srv_agent_port"] in ports else row["srv_agent_port"]
        stat[row["srv_name"]]["agent_at"] = row["srv_agent_addr"] + " " + port
        stat[row["srv_name"]]["check_at"] = row["srv_check_addr"] + " " + row["srv_check_port"]
    return stat


def cells(port):
    """For each server the class of its row, and its cells for state and last check, without times."""
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    found = {}
    for row in re.findall(r"<tr class=[^\n]*", data.decode("latin-1")):
        if name := re.search(r'<a name="P/(\w+)"', row):
            if name.group(1) != "Backend":
                shown = re.findall(r"<td class=ac>(?!<a name|<input|-)(?:(?!<td).)*</td>", row)[:2]
                shown = [re.sub(r"\d+ms", "Nms", re.sub(r"^<td class=ac>(\d+[smh])+ ", "<td class=ac>", cell.replace("<u> * ", "<u> "))) for cell in shown]
                found[name.group(1)] = [re.match(r'<tr class="(\w+)', row).group(1), *shown]
    return found


def words_of(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def run(name, options, servers, steps, at_start=None):
    at_start = at_start or {}
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    log.setblocking(False)
    out = []
    with tempfile.TemporaryDirectory() as folder:
        sock, err = os.path.join(folder, "sock"), os.path.join(folder, "err")
        listeners = {s: Agent() for s in servers}
        agents = {s: Agent(words_of(at_start.get(s, "up\\n"))) for s in servers}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            page = free.getsockname()[1]
        cfg = ["global", " nbthread 1", f" stats socket {sock} level admin", f" log 127.0.0.1:{log.getsockname()[1]} len 4096 local0",
               "defaults", " mode tcp", " log global", " timeout connect 300ms", " timeout server 5s", " timeout client 5s",
               "listen page", " mode http", " no log", f" bind 127.0.0.1:{page}", " stats enable", " stats uri /",
               " stats admin if TRUE", "backend P", *(" " + o for o in options)]
        inter = "1h" if name == "places" else "30ms"
        for s, o in servers.items():
            agent = "" if "agentless" in o else f"agent-check agent-inter {inter} agent-port {agents[s].port} "
            checked = f"inter {inter} " if "check" in o else ""
            cfg.append(f" server {s} 127.0.0.1:{listeners[s].port} {agent}{checked}{o.replace('agentless', '')}")
            listeners[s].open()
            agents[s].open()
        path = os.path.join(folder, "cfg")
        with open(path, "w") as f:
            f.write("\n".join(cfg) + "\n")
        logged = []
        ports = {str(agent.port) for agent in agents.values()}

        def settle():
            """Waits until nothing was logged and nothing changed for 300 ms."""
            last, since = None, time.monotonic()
            end = since + 5
            while time.monotonic() < end:
                try:
                    while True:
                        line = log.recv(65536).decode("latin-1")
                        logged.append([int(line[1:line.index(">")]) % 8, line.split("]: ", 1)[1].rstrip("\n")])
                except BlockingIOError:
                    pass
                seen = columns(sock, ports)
                if seen is None:
                    time.sleep(0.002)
                    continue
                now = (seen, len(logged))
                if now != last:
                    last, since = now, time.monotonic()
                elif now[0] and time.monotonic() - since > 0.3:
                    return now[0]
                time.sleep(0.01)
            print(f"{name}: nothing settles", now, logged[-2:], file=sys.stderr)
            return now[0]

        def note(step, answer=None):
            cols = settle()
            with open(err, errors="replace") as f:
                f.seek(note.at)
                text = f.read()
                note.at = f.tell()
            stderr = [re.sub(r"\(\d+\)", "(PID)", l) for l in text.splitlines() if "haproxy version is" not in l and "path to exec" not in l]
            norm = lambda t: re.sub(r"check duration: \d+ms", "check duration: Nms", t)
            logged.sort(key=lambda line: line[1]) if step == "start" else None
            row = {"step": step, "log": [[l, norm(t)] for l, t in logged], "stderr": [norm(l) for l in stderr], "columns": cols, "cells": cells(page)}
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
                elif verb == "say":
                    who, _, text = what.partition(" ")
                    agents[who].answer = words_of(text)
                    agents[who].hang = False
                    for c in agents[who].kept:
                        try:
                            c.sendall(agents[who].answer)
                        except OSError:
                            pass
                        c.close()
                    agents[who].kept.clear()
                    agents[who].open()
                    note(step)
                elif verb == "hush":
                    agents[what].close()
                    note(step)
                elif verb == "hang":
                    agents[what].hang = True
                    note(step)
                elif verb == "page":
                    note(step, form(page, *what.split()))
                else:
                    note(step, command(sock, step))
        finally:
            proc.terminate()
            proc.wait()
        for l in [*listeners.values(), *agents.values()]:
            l.close()
            l.hold.close()
    if any("reason: Layer4 check passed" in line[1] and " is UP" in line[1] for row in out if row["step"].startswith("say") for line in row["log"]):
        # A health check came between the agent's word and what follows from it.
        return run(name, options, servers, steps, at_start)
    return {"options": options, "servers": servers, "at_start": at_start, "steps": out}


def news(steps):
    """Of columns and cells, what is not as it was after the step before."""
    before = {}
    for step in steps:
        whole = {server: {**found, "cells": step["cells"].get(server)} for server, found in step["columns"].items()}
        del step["cells"]
        step["columns"] = {}
        for server, found in whole.items():
            differs = {key: value for key, value in found.items() if before.get(server, {}).get(key) != value}
            if differs:
                step["columns"][server] = differs
        before = whole


newer = sys.argv[2:] == ["newer"]
wanted = [name for name in CASES if name.startswith("newer") == newer]
with ThreadPoolExecutor(6) as pool:
    found = dict(zip(wanted, pool.map(lambda n: run(n, *CASES[n]), wanted)))
for case in found.values():
    news(case["steps"])
rows = []
for name, case in found.items():
    head = json.dumps({key: value for key, value in case.items() if key != "steps"})[:-1]
    steps = ",\n  ".join(json.dumps(step) for step in case["steps"])
    rows.append(f' "{name}": {head}, "steps": [\n  {steps}]}}')
print("{\n" + ",\n".join(rows) + "\n}")
