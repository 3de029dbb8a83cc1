"""Records which server a request goes to whose own cannot be reached (option redispatch), among requests that are balanced:
python3 record_redispatch.py > redispatch.json"""

import json
import os
import random
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle, read_head  # noqa: E402

FILE = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode http
 option http-server-close
 option redispatch 1
 timeout client 10s
 timeout server 10s
 timeout connect 10s
frontend f
 bind unix@{dir}/front
 default_backend b
frontend answers
 bind unix@{dir}/answers
 http-request return status 200
backend b
 BALANCE
 cookie C
 retries 1
 http-response set-header x-s %s
SERVERS
"""
WEIGHTS = [[1, 1, 1], [1, 1], [3, 1], [1, 2, 3], [5, 3, 1, 1], [10, 20, 30], [1] * 5]
BALANCE = {
    "roundrobin": "balance roundrobin",
    "static-rr": "balance static-rr",
    "leastconn": "balance leastconn",
    "first": "balance first",
    "map-based": "balance hdr(k)\n hash-type map-based",
    "consistent": "balance hdr(k)\n hash-type consistent",
}


def record(name, weights, chance):
    """Steps: ["pick", server], and ["leave", server, other]; both with a key in front of the servers where it counts."""
    lines = [f" server s{at} unix@{{dir}}/s{at} weight {w} cookie s{at}" for at, w in enumerate(weights)]
    steps = []
    with Oracle(FILE.replace("BALANCE", BALANCE[name]).replace("SERVERS", "\n".join(lines))) as oracle:
        paths = [os.path.join(oracle.folder, f"s{at}") for at in range(len(weights))]
        for path in paths:
            os.symlink(os.path.join(oracle.folder, "answers"), path)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(os.path.join(oracle.folder, "front"))

            def ask(header=""):
                client.sendall(f"GET / HTTP/1.1\r\nhost: x\r\n{header}\r\n".encode())
                head, _ = read_head(client)
                return int(head.split(b"x-s: s", 1)[1].split(b"\r\n", 1)[0]) if b"x-s: s" in head else -1

            for number in range(60):
                key = f"key{number}"
                header = f"k: {key}\r\n" if "hdr" in BALANCE[name] else ""
                if chance.random() < 0.6:
                    steps.append(["pick", key, ask(header)])
                    continue
                left = chance.randrange(len(weights))
                os.unlink(paths[left])
                steps.append(["leave", key, left, ask(f"{header}cookie: C=s{left}\r\n")])
                os.symlink(os.path.join(oracle.folder, "answers"), paths[left])
    return {"balance": name, "weights": weights, "steps": steps}


chance = random.Random(4)
cases = [record(name, weights, chance) for name in BALANCE for weights in WEIGHTS]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
