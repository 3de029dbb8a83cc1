"""Records where requests of one key go while servers of a ring are full (hash-preserve-affinity):
HAPROXY_PROGRAM=/path/to/haproxy-3.4 python3 record_affinity.py > affinity.json"""

import json
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle  # noqa: E402

FILE = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode tcp
 timeout client 20s
 timeout server 20s
 timeout connect 10s
frontend f
 bind unix@{dir}/front
 default_backend b
backend b
 balance hash str(KEY)
 hash-type consistent
 hash-preserve-affinity AFFINITY
SERVERS
"""
SERVERS = [
    ["maxconn 1", "maxconn 1", "maxconn 1"],
    ["maxconn 2", "maxconn 1", "maxconn 1 weight 3"],
    ["maxconn 1 id 5", "maxconn 1 id 6", "maxconn 1 id 7"],
    ["maxconn 1 id 31", "maxconn 1 id 30", "maxconn 1 id 33"],
    ["maxconn 1 maxqueue 1", "maxconn 1 maxqueue 1", "maxconn 1 maxqueue 1"],
    ["maxconn 1 maxqueue 2", "maxconn 1", "maxconn 1 maxqueue 1 weight 2"],
]


def rows(oracle):
    """By server: its sessions and those that wait for it; and how many connections failed."""
    table = [line.split(",") for line in oracle.command("show stat -1 4 -1").splitlines()]
    heads = [head.lstrip("# ") for head in table[0]]
    lines = [dict(zip(heads, line)) for line in table[1:] if line[0] == "b"]
    return [(int(line["scur"]), int(line["qcur"])) for line in lines], sum(int(line["econ"]) for line in lines)


def record(key, affinity, servers):
    """Where each of ten connections went: to a server, into its queue ("wait"), or nowhere ("refused")."""
    words = "\n".join(f" server s{at} unix@{{dir}}/s{at} {line}" for at, line in enumerate(servers))
    config = FILE.replace("KEY", key).replace("AFFINITY", affinity).replace("SERVERS", words)
    went, clients, listeners = [], [], []
    with Oracle(config) as oracle:
        for at in range(len(servers)):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(os.path.join(oracle.folder, f"s{at}"))
            listener.listen(50)
            listeners.append(listener)
        for _ in range(10):
            before, failed = rows(oracle)
            client = socket.socket(socket.AF_UNIX)
            client.connect(os.path.join(oracle.folder, "front"))
            clients.append(client)
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                now, fails = rows(oracle)
                grown = [at for at in range(len(servers)) if now[at] != before[at]]
                if fails > failed:
                    went.append("refused")
                elif grown:
                    at = grown[0]
                    went.append(["open" if now[at][0] > before[at][0] else "wait", at])
                else:
                    continue
                break
            else:
                raise RuntimeError(f"a connection is lost: {config}")
    for one in clients + listeners:
        one.close()
    return {"key": key, "affinity": affinity, "servers": servers, "went": went}


cases = [
    record(f"key{number}", affinity, servers)
    for servers in SERVERS
    for affinity in ("always", "maxconn", "maxqueue")
    for number in range(12)
]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
