"""Records what variables hold, as text, when tune.vars.*-max-size has no room for all: python3 record_limits.py writes limits.json."""

import json
import os
import re

from evaluate import HEAD, Oracle, read_head

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = "x" * 40
LONG = "y" * 70

CASES = [
    ("txn", 79, [("txn.a", "int(5)")]),
    ("txn", 80, [("txn.a", "int(5)")]),
    ("txn", 82, [("txn.a", "str(abc)")]),
    ("txn", 83, [("txn.a", "str(abc)")]),
    ("txn", 80, [("txn.a", "ipv6(::1)")]),
    ("txn", 80, [("txn.a", "method")]),
    ("txn", 159, [("txn.a", "int(5)"), ("txn.b", "int(6)")]),
    ("txn", 160, [("txn.a", "int(5)"), ("txn.b", "int(6)")]),
    ("txn", 120, [("txn.a", f"str({TEXT})")]),
    ("txn", 119, [("txn.a", f"str({TEXT})")]),
    ("txn", 120, [("txn.a", "str(abc)"), ("txn.a", f"str({LONG})")]),
    ("txn", 120, [("txn.a", "int(7)"), ("txn.a", f"str({LONG})")]),
    ("txn", 120, [("txn.a", "str(abc)"), ("txn.a", f"str({LONG})"), ("txn.a", "int(3)")]),
    ("txn", 120, [("txn.a", f"str({TEXT})"), ("txn.a", "str(y)"), ("txn.b", "int(3)")]),
    ("txn", 161, [("txn.a", f"str({TEXT})"), ("txn.a", "str(y)"), ("txn.b", "int(3)")]),
    ("txn", 160, [("txn.a", f"str({TEXT})"), ("txn.a", "int(1)"), ("txn.b", "int(3)")]),
    ("txn", 100, [("req.a", "int(5)"), ("sess.b", "int(6)"), ("req.c", "int(7)")]),
    ("sess", 170, [("txn.a", "int(5)"), ("sess.b", "int(6)"), ("req.c", "int(7)")]),
    ("sess", 80, [("req.a", "int(5)"), ("txn.b", "int(6)")]),
    ("reqres", 80, [("req.a", "int(5)"), ("req.b", "int(6)"), ("txn.c", "int(7)")]),
    ("reqres", 1, [("txn.a", "int(5)"), ("req.b", "int(6)"), ("sess.c", "int(7)")]),
    ("proc", 10, [("txn.a", "int(5)"), ("sess.b", "int(6)")]),
    ("proc", 100, [("txn.a", "int(5)"), ("sess.b", "int(6)")]),
    ("global", 80, [("txn.a", "int(5)"), ("sess.b", "int(6)")]),
    ("global", 160, [("txn.a", "int(5)"), ("sess.b", "int(6)"), ("req.c", "int(6)")]),
    ("txn", 0, [("txn.a", f"str({LONG})"), ("txn.b", f"str({LONG})")]),
]


def record():
    done = []
    for scope, size, sets in CASES:
        names = sorted({name for name, _ in sets})
        rules = "".join(f" http-request set-var({name}) {sample}\n" for name, sample in sets)
        shown = "".join(f' hdr x-{name} "=%[var({name})]"' for name in names)
        config = f"global\n tune.vars.{scope}-max-size {size}\n{HEAD}{rules} http-request return status 200{shown}\n"
        with Oracle(config) as oracle, oracle.connect() as client:
            client.sendall(b"GET / HTTP/1.1\r\nhost: h.example\r\n\r\n")
            head = read_head(client)[0].decode()
        values = {name: re.search(rf"\r\nx-{re.escape(name)}: =(.*)\r\n", head).group(1) for name in names}
        done.append({"scope": scope, "size": size, "sets": sets, "values": values})
    with open(os.path.join(HERE, "limits.json"), "w") as file:
        file.write("[\n" + ",\n".join(" " + json.dumps(case) for case in done) + "\n]\n")
    print("limits", len(done))


if __name__ == "__main__":
    record()
