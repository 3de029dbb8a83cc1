"""Records which servers a newer haproxy's ring chooses when places go by addresses (hash-key):
HAPROXY_PROGRAM=/path/to/haproxy-3.4 python3 record_hash_key.py > hash-key.json"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle, free_port, read_head  # noqa: E402

CASES = {
    "id": ("id", ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]),
    "addr": ("addr", ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]),
    "addr-port": ("addr-port", ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]),
    "addr-port, one address": ("addr-port", ["127.0.0.2", "127.0.0.2", "127.0.0.2"]),
    "addr, both families": ("addr", ["127.0.0.2", "[::1]", "[::ffff:127.0.0.3]"]),
    "addr-port, both families": ("addr-port", ["127.0.0.2", "[::1]", "[::1]", "[::1]"]),
    "id32": ("id32", ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]),
    "guid": ("guid", ["127.0.0.2", "127.0.0.3", "127.0.0.4", "[::1]"]),
}
# The last server of "guid" has none, and goes by its number.
GUIDS = ["web:one", "web:two", "a-much-longer-name.of:a_server"]
FILE = """global
 nbthread 1
defaults
 mode http
 timeout client 10s
 timeout server 10s
 timeout connect 10s
frontend f
 bind 127.0.0.1:{port:front}
 default_backend b
frontend answers
BINDS
 http-request return status 200
backend b
 balance hdr(k)
 hash-type consistent
 http-response set-header x-s %s
SERVERS
"""


def record(key, addresses):
    places = [f"{address}:{free_port()}" for address in addresses]
    binds = "\n".join(f" bind {place}" for place in places)
    guids = GUIDS if key == "guid" else []
    names = [f" guid {guid}" for guid in guids] + [""] * (len(places) - len(guids))
    lines = zip(places, names)
    servers = "\n".join(f" server s{at} {place}{name} hash-key {key}" for at, (place, name) in enumerate(lines))
    chosen = []
    with Oracle(FILE.replace("BINDS", binds).replace("SERVERS", servers)) as oracle:
        connection, rest = oracle.connect(), b""
        for number in range(300):
            connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nk: key%d\r\n\r\n" % number)
            head, rest = read_head(connection, rest)
            chosen.append(int(head.lower().split(b"x-s: s")[1].split(b"\r\n")[0]))
    return {"hash-key": key, "servers": places, "guids": guids, "chosen": chosen}


rows = [f" {json.dumps(name)}: {json.dumps(record(*case))}" for name, case in CASES.items()]
print("{\n" + ",\n".join(rows) + "\n}")
