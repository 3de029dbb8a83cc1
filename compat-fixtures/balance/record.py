"""Records the order in which the installed haproxy chooses servers: python3 record.py writes the .json files beside it."""

import json
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle, read_head  # noqa: E402

HTTP = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode http
 option http-server-close
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
 balance BALANCE
 http-response set-header x-s %s
SERVERS
"""

TCP = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode tcp
 OPTION
 timeout client 20s
 timeout server 20s
 timeout connect 10s
frontend f
 bind unix@{dir}/front
 default_backend b
backend b
 balance BALANCE
SERVERS
"""


def picks(weights, steps, balance="roundrobin"):
    """Steps with the servers that each ["pick", n] gave: requests one after another on one connection."""
    servers = "\n".join(f" server s{i} unix@{{dir}}/answers weight {w}" for i, w in enumerate(weights))
    done = []
    with Oracle(HTTP.replace("BALANCE", balance).replace("SERVERS", servers)) as oracle:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(os.path.join(oracle.folder, "front"))
            for step in steps:
                if step[0] != "pick":
                    change(oracle, step)
                    done.append(step)
                    continue
                chosen = []
                for _ in range(step[1]):
                    client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
                    head, _ = read_head(client)
                    chosen.append(server_of(head))
                done.append(["pick", chosen])
    return {"weights": weights, "steps": done}


def server_of(head):
    """The server that answered; -1 where there is none."""
    return int(head.split(b"x-s: s", 1)[1].split(b"\r\n", 1)[0]) if b"x-s: s" in head else -1


def change(oracle, step):
    command = {
        "weight": lambda: f"set server b/s{step[1]} weight {step[2]}",
        "down": lambda: f"disable server b/s{step[1]}",
        "up": lambda: f"enable server b/s{step[1]}",
    }[step[0]]()
    answer = oracle.command(command).strip()
    if answer:
        raise RuntimeError(answer)


def held(servers, steps, balance, option=""):
    """Steps with the server that each ["open"] gave (-1: it waits in a queue); connections stay open until ["close", n] ends
    the n-th one."""
    folder = tempfile.mkdtemp(prefix="servers-")
    listeners, lines, connections, done = [], [], [], []
    for number, words in enumerate(servers):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder}/s{number}")
        listener.listen(500)
        listeners.append(listener)
        lines.append(f" server s{number} unix@{folder}/s{number} {words}")
    config = TCP.replace("BALANCE", balance).replace("OPTION", option).replace("SERVERS", "\n".join(lines))
    try:
        with Oracle(config) as oracle:
            for step in steps:
                if step[0] == "open":
                    client = socket.socket(socket.AF_UNIX)
                    client.settimeout(5)
                    client.connect(os.path.join(oracle.folder, "front"))
                    ready, _, _ = select.select(listeners, [], [], 1)
                    if ready:
                        server, _ = ready[0].accept()
                        server.settimeout(5)
                        connections.append((client, server))
                        done.append(["open", listeners.index(ready[0])])
                    else:
                        connections.append((client, None))
                        done.append(["open", -1])
                elif step[0] == "close":
                    client, server = connections[step[1]]
                    connections[step[1]] = (None, None)
                    server.close()
                    client.recv(1)
                    client.close()
                    settle(oracle, sum(s is not None for _, s in connections))
                    done.append(step)
                else:
                    change(oracle, step)
                    done.append(step)
    finally:
        for pair in connections:
            for one in pair:
                if one is not None:
                    one.close()
        for listener in listeners:
            listener.close()
        shutil.rmtree(folder, ignore_errors=True)
    return {"servers": servers, "option": option, "balance": balance, "steps": done}


def settle(oracle, sessions):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        rows = [line.split(",") for line in oracle.command("show stat -1 4 -1").splitlines()]
        if sum(int(row[4]) for row in rows if row[:1] == ["b"]) == sessions:
            return
    raise RuntimeError("sessions do not end")


def roundrobin():
    chance = random.Random(5)
    sets = [[1], [1, 1, 1], [1, 2], [3, 1], [8, 1], [5, 1, 1], [8, 1, 1, 1], [1, 1, 5], [1, 5, 1], [7, 5, 3]]
    sets += [[3, 5, 7], [4, 3, 2, 1], [1, 2, 3, 4], [2, 2, 1, 1], [9, 3, 3, 1], [13, 7], [30, 7, 7, 1]]
    sets += [[10, 20, 30], [100, 100, 50], [256, 1], [1] * 5 + [5], [1] * 10]
    for _ in range(40):
        highest = chance.choice([10, 60, 256])
        sets.append([chance.randint(1, highest) for _ in range(chance.randint(2, 6))])
    cases = [picks(weights, [["pick", min(2 * sum(weights) + 5, 300)]]) for weights in sets]
    for weight in (1, 5, 11, 20):
        for before in (3, 9, 12, 13, 14, 15, 18, 20, 22, 24, 29, 31):
            cases.append(picks([100, 10], [["pick", before], ["weight", 1, weight], ["pick", 90]]))
    for before in (3, 9, 12, 15, 20, 22):
        cases.append(picks([100, 10], [["pick", before], ["weight", 0, 50], ["pick", 90]]))
        cases.append(picks([100, 10], [["pick", before], ["down", 1], ["up", 1], ["pick", 90]]))
    return cases


def returns():
    """Servers that go and come back."""
    cases = []
    for before in (3, 9, 12, 15, 20, 22):
        cases.append(picks([1, 1, 1], [["pick", before], ["down", 1], ["pick", 6], ["up", 1], ["pick", 9]]))
        cases.append(picks([3, 2, 1], [["pick", before], ["down", 1], ["pick", 7], ["up", 1], ["pick", 12]]))
        cases.append(picks([1] * 4, [["pick", before], ["weight", 0, 0], ["pick", 8], ["weight", 0, 1], ["pick", 8]]))
    return cases


def late_returns():
    """The same behind more requests, with other weights. The order depends on more of the original's cycles than is known, so only
    what each server gets of each stretch is compared."""
    chance = random.Random(9)
    cases = []
    for _ in range(30):
        weights = [chance.choice([1, 1, 2, 3, 5]) for _ in range(chance.randint(2, 4))]
        at = chance.randrange(len(weights))
        steps = [["pick", chance.randint(1, 60)]]
        steps += [["down", at], ["pick", 20], ["up", at], ["pick", 20]]
        cases.append(picks(weights, steps))
    return cases


def leastconn():
    chance = random.Random(3)
    cases = []
    for number in range(30):
        highest = chance.choice([1, 4, 20, 256])
        servers = [f"weight {chance.randint(1, highest)}" for _ in range(chance.randint(2, 5))]
        steps, live, opened, down = [], [], 0, False
        for _ in range(70):
            if live and chance.random() < 0.3:
                steps.append(["close", live.pop(chance.randrange(len(live)))])
            elif number >= 20 and chance.random() < 0.08:
                if chance.random() < 0.5:
                    steps.append(["weight", len(servers) - 1, chance.randint(1, 30)])
                else:
                    steps.append(["up" if down else "down", 0])
                    down = not down
            else:
                steps.append(["open"])
                live.append(opened)
                opened += 1
        cases.append(held(servers, steps, "leastconn"))
    return cases


def keyed(servers, steps, hash_type):
    """Steps with the server that each ["key", text] and each of ["pick", n], which has no key, gave."""
    lines = "\n".join(f" server s{i} unix@{{dir}}/answers {words}" for i, words in enumerate(servers))
    config = HTTP.replace("BALANCE", f"hdr(x-k)\n {hash_type}").replace("SERVERS", lines)
    done = []
    with Oracle(config) as oracle:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(os.path.join(oracle.folder, "front"))

            def ask(header=""):
                client.sendall(f"GET / HTTP/1.1\r\nhost: x\r\n{header}\r\n".encode())
                head, _ = read_head(client)
                return server_of(head)

            for step in steps:
                if step[0] == "pick":
                    done.append(["pick", [ask() for _ in range(step[1])]])
                elif step[0] == "keys":
                    done.append(["keys", [[key, ask(f"x-k: {key}\r\n")] for key in step[1]]])
                else:
                    change(oracle, step)
                    done.append(step)
    return {"balance": "hash", "option": hash_type, "servers": servers, "steps": done}


def hashes():
    """Keys on wheels and rings, and what changes when servers go, come back or get another weight."""
    chance = random.Random(7)
    some = lambda: ["".join(chance.choices("abcdefghijk0123456789/-.", k=chance.randint(1, 24))) for _ in range(40)]  # noqa: E731
    moves = [["keys", some()], ["pick", 9], ["down", 0], ["keys", some()], ["pick", 9], ["up", 0], ["keys", some()]]
    weights = [["weight", 1, 3], ["keys", some()], ["weight", 1, 0], ["keys", some()], ["pick", 12]]
    cases = []
    for function in ("", " sdbm", " djb2", " wt6", " crc32"):
        for modifier in ("", " avalanche") if function else ("",):
            for method in ("map-based", "consistent"):
                steps = moves + (weights if method == "consistent" else [])
                cases.append(keyed(["weight 1", "weight 2", "weight 3"], steps, f"hash-type {method}{function}{modifier}"))
    for words in (["id 7", "id 99", "id 4000000"], ["weight 100", "weight 10"], ["weight 1"] * 17, ["weight 1", "backup"]):
        for method in ("map-based", "consistent"):
            cases.append(keyed(words, moves, f"hash-type {method}"))
    return cases


def churn():
    """Servers whose weights change, that go and that come back, again and again. Of roundrobin see returns()."""
    chance = random.Random(17)
    cases = []
    for name in ("static-rr", "first", "map-based", "consistent"):
        for _ in range(12):
            weights = [chance.choice([1, 1, 2, 3, 10]) for _ in range(chance.randint(2, 5))]
            up, steps = set(range(len(weights))), []
            for number in range(12):
                at = chance.randrange(len(weights))
                if name == "consistent" and chance.random() < 0.5:
                    steps.append(["weight", at, chance.choice([0, 1, 2, 5, 10])])
                elif at not in up:
                    up.add(at)
                    steps.append(["up", at])
                elif len(up) > 1:
                    up.discard(at)
                    steps.append(["down", at])
                keys = [f"{number}/{key}" for key in range(12)]
                steps.append(["keys", keys] if name in ("map-based", "consistent") else ["pick", 9])
            if name in ("map-based", "consistent"):
                cases.append(keyed([f"weight {weight}" for weight in weights], steps, f"hash-type {name}"))
            else:
                cases.append(dict(picks(weights, steps, name), balance=name))
    return cases


def wheels():
    """static-rr: places on the wheel by weight."""
    chance = random.Random(11)
    sets = [[1, 2], [2, 1], [1, 3], [3, 1], [2, 3], [3, 2], [5, 3], [3, 5], [1, 1, 2], [1, 2, 1], [2, 1, 1], [1, 2, 3]]
    sets += [[3, 2, 1], [1, 2, 3, 4], [4, 3, 2, 1], [7, 2], [2, 7], [3, 3, 1], [10, 20, 30], [1] * 6, [256, 3, 17]]
    sets += [[chance.randint(1, 20) for _ in range(chance.randint(2, 7))] for _ in range(20)]
    return [dict(picks(weights, [["pick", 2 * sum(weights) + 3]], "static-rr"), balance="static-rr") for weights in sets]


def bounds():
    """hash-balance-factor: connections with one key that stay open."""
    cases = []
    for weights in ([1, 1, 1], [3, 2, 1], [1] * 5, [1, 5, 2, 10]):
        for factor in (101, 110, 125, 150, 200, 300):
            option = f"hash-type consistent\n hash-balance-factor {factor}"
            servers = [f"weight {weight}" for weight in weights]
            steps = [["open"]] * 20 + [["close", 3], ["close", 5]] + [["open"]] * 6
            cases.append(held(servers, steps, "hash str(key)", option))
    return cases


def limits():
    """Full servers, backups, and the order of balance first."""
    opens = lambda n: [["open"]] * n  # noqa: E731
    cases = []
    for balance in ("roundrobin", "leastconn", "first"):
        cases.append(held(["maxconn 1", "weight 1", "weight 1"], opens(9) + [["close", 0]] + opens(6), balance))
        cases.append(
            held(["maxconn 2 weight 3", "weight 1", "weight 2"], opens(14) + [["close", 0]] + opens(6), balance)
        )
        cases.append(held(["maxconn 1", "maxconn 1"], opens(3), balance))
        going = opens(4) + [["down", 0]] + opens(3) + [["down", 1]] + opens(4) + [["down", 2]] + opens(3)
        going += [["up", 1]] + opens(3)
        for option in ("", "option allbackups"):
            cases.append(held(["weight 1", "weight 1", "backup", "backup weight 2"], going, balance, option))
    cases.append(held(["maxconn 2 id 30", "maxconn 3 id 20", "maxconn 2 id 10"], opens(7), "first"))
    return cases


def write(name, recipe, cases):
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, name), "w", encoding="ascii") as file:
        file.write('{"program": "haproxy ' + version + '", "recipe": ' + json.dumps(recipe) + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case) for case in cases))
        file.write("\n]}\n")


if __name__ == "__main__":
    write("roundrobin.json", "record.py: roundrobin(), requests one after another, nbthread 1", roundrobin())
    write("returns.json", "record.py: returns(), requests one after another, nbthread 1", returns())
    write("returns-late.json", "record.py: late_returns(), requests one after another, nbthread 1", late_returns())
    write("leastconn.json", "record.py: leastconn(), connections held open, nbthread 1", leastconn())
    write("hashes.json", "record.py: hashes(), requests one after another, nbthread 1", hashes())
    write("churn.json", "record.py: churn(), requests one after another, nbthread 1", churn())
    write("wheels.json", "record.py: wheels(), requests one after another, nbthread 1", wheels())
    write("bounds.json", "record.py: bounds(), connections held open, nbthread 1", bounds())
    write("limits.json", "record.py: limits(), connections held open, nbthread 1", limits())
