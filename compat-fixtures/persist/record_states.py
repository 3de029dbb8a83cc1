"""Records what becomes of requests with cookies of all kinds while servers are in each of their states: the answer, the cookie that is
set, the log line's server, termination state and retries, and the counters. `python3 record_states.py > states.json`, in a minute;
`HAPROXY_PROGRAM=… python3 record_states.py --check` holds another program to the recording."""

import json
import os
import re
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle, read_all  # noqa: E402

FILE = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode http
 timeout client 20s
 timeout server 20s
 timeout connect 50ms
 log LOG local0
 log-format "%s %tsc rc=%rc"
frontend f
 bind unix@{dir}/front
 default_backend b
frontend answers
 bind unix@{dir}/answers
 no log
 http-request return status 200 hdr set-cookie "C=of-server; path=/"
backend b
 balance roundrobin
 retries 1
 option http-server-close
 OPTIONS
 server s0 unix@{dir}/answers cookie v0
 server s1 unix@{dir}/answers cookie v1
 server s2 unix@{dir}/nobody cookie v2
 server s3 unix@{dir}/answers cookie v3 backup
 server s4 unix@{dir}/answers cookie v4 backup
"""
COOKIES = [
    None, "C=v0", "C=v1", "C=v2", "C=v3", "C=nobody", "C=", "C", "C=v0; C=v1", "C=nobody; C=v0", "C=v2; C=v0", "c=v0",
    'C="v0"', "C=v0 ", "C=v0,C=v1", "C=v0~x", "C=v0|", "C=v0|AAAAA", "C=v0|zzz|yyy", "X=1; C=v0; Y=2", "C = v0", "=v0",
    "C=v0;", "$Version=1; C=v0; $Path=/",
]  # fmt: skip
LINES = [
    "cookie C insert", "cookie C insert indirect nocache", "cookie C rewrite", "cookie C prefix", "cookie C",
    "cookie C insert preserve", "cookie C insert maxidle 10s maxlife 20s", "cookie C insert postonly",
]  # fmt: skip
OPTIONS = [
    "", "option persist", "option redispatch", "option persist\n option redispatch", "force-persist if TRUE",
    "ignore-persist if TRUE", "option allbackups", "use-server s1 if TRUE",
]  # fmt: skip
STATES = {
    "up": [],
    "maint": ["set server b/s0 state maint"],
    "drain": ["set server b/s0 state drain"],
    "weight 0": ["set server b/s0 weight 0"],
    "all active down": ["disable server b/s0", "disable server b/s1", "disable server b/s2"],
    "all down": [f"disable server b/s{at}" for at in range(5)],
}


def log_line(log):
    """The next line about a request, without its header."""
    while True:
        line = log.recv(65536).decode("latin-1").strip().split("]: ", 1)[1]
        if " rc=" in line:
            return line


def counters(oracle):
    table = [line.split(",") for line in oracle.command("show stat").splitlines()]
    heads = [head.lstrip("# ") for head in table[0]]
    rows = [dict(zip(heads, line)) for line in table[1:] if line[0] == "b"]
    names = ["stot", "lbtot", "wretr", "wredis", "econ", "hrsp_2xx"]
    return {row["svname"]: [int(row[name] or 0) for name in names] for row in rows}


def record(line, option, state):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(5)
        place = "127.0.0.1:%d" % log.getsockname()[1]
        config = FILE.replace("OPTIONS", f"{line}\n {option}").replace("LOG", place)
        requests = []
        with Oracle(config) as oracle:
            for command in STATES[state]:
                oracle.command(command)
            for cookie in COOKIES:
                header = f"cookie: {cookie}\r\n" if cookie else ""
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(5)
                    client.connect(os.path.join(oracle.folder, "front"))
                    client.sendall(f"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n".encode())
                    answer = read_all(client).decode("latin-1")
                given = re.findall(r"(?im)^set-cookie: ([^\r]*)", answer)
                # Dates are those of the day.
                given = [re.sub(r"\|[A-Za-z0-9+/]{5}", "|DATE", one) for one in given]
                requests.append([cookie, int(answer.split(" ", 2)[1]), given, log_line(log)])
            return {"line": line, "option": option, "state": state, "requests": requests, "counters": counters(oracle)}


HERE = os.path.dirname(os.path.abspath(__file__))
if "--check" in sys.argv:
    with open(os.path.join(HERE, "states.json"), encoding="ascii") as file:
        wanted = json.load(file)
    different = 0
    for case in wanted:
        got = record(case["line"], case["option"], case["state"])
        pairs = zip(case["requests"] + [case["counters"]], got["requests"] + [got["counters"]])
        for before, now in pairs:
            if before != now:
                different += 1
                print(f"{case['line']}, {case['option']}, {case['state']}:\n  recorded {before}\n  now      {now}")
    print(f"{len(wanted)} cases, {different} differences")
    sys.exit(different > 0)
cases = [record(line, option, state) for line in LINES for option in OPTIONS for state in STATES]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
