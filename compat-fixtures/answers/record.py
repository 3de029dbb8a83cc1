"""Records what the installed haproxy answers in a server's place: python3 record.py writes answers.json beside it.

A group is a configuration with requests; each request has the bytes that are sent and those that come back, whether the
connection was closed behind them, the fields of the log line that say how it ended, and what the counters moved by. With the
environment variable HAPROXY_PROGRAM and `--check`, another program is held to the recording."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle, free_port  # noqa: E402
from groups import FILES, GROUPS  # noqa: E402

HEAD = """global
 stats socket {dir}/stats level admin
 log 127.0.0.1:{port:log} len 8192 local0
"""
DEFAULTS = """defaults
 mode http
 log global
 option httplog
 timeout client 5s
 timeout server 5s
 timeout connect 5s
 timeout tarpit 100ms
"""
COUNTED = ("dreq", "dresp", "ereq", "eresp", "intercepted", "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Server: s\r\nSet-Cookie: a=b\r\n\r\nok"


def serve(listener):
    """A server that answers each request with the same bytes."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=converse, args=(connection,), daemon=True).start()


def converse(connection):
    with connection:
        got = b""
        while True:
            try:
                more = connection.recv(65536)
            except OSError:
                return
            if not more:
                return
            got += more
            while b"\r\n\r\n" in got:
                head, _, rest = got.partition(b"\r\n\r\n")
                length = re.search(rb"content-length: *(\d+)", head.lower())
                body = int(length.group(1)) if length else 0
                if len(rest) < body:
                    break
                got = rest[body:]
                connection.sendall(ANSWER.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if head.startswith(b"HEAD") else ANSWER)


def receive(client, sent):
    """What comes back, and whether the connection is closed behind it."""
    got = b""
    client.settimeout(5)
    head_only = sent.startswith(b"HEAD ")
    while True:
        try:
            more = client.recv(65536)
        except ConnectionResetError:
            return got, True
        if not more:
            return got, True
        got += more
        rest = got
        while rest.startswith(b"HTTP/1.1 1") and b"\r\n\r\n" in rest:
            rest = rest.partition(b"\r\n\r\n")[2]
        head, end, body = rest.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
        bodiless = head_only or head[9:12] in (b"204", b"304")
        wanted = 0 if bodiless else int(length.group(1)) if length else None
        if end and wanted is not None and len(body) >= wanted and b"connection: close" not in head.lower():
            break
    client.settimeout(0.15)
    try:
        more = client.recv(65536)
        return got + more, more == b""
    except TimeoutError:
        return got, False


def counters(oracle):
    lines = oracle.command("show stat").splitlines()
    names = lines[0].lstrip("# ").split(",")
    found = {}
    for line in lines[1:]:
        row = dict(zip(names, line.split(",")))
        if row.get("svname") in ("FRONTEND", "BACKEND"):
            for name in COUNTED:
                found[row["pxname"] + "." + row["svname"][0].lower() + "." + name] = int(row.get(name) or 0)
    return found


def moved(oracle, before):
    """The counters that moved, once they have moved at all or some time has gone."""
    deadline = time.monotonic() + 1
    while True:
        now = counters(oracle)
        difference = {name: now[name] - before[name] for name in now if now[name] != before[name]}
        if difference or time.monotonic() > deadline:
            time.sleep(0.02)
            now = counters(oracle)
            return {name: now[name] - before[name] for name in now if now[name] != before[name]}
        time.sleep(0.01)


def settled(oracle):
    """Waits until the connection that found the program ready is counted."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            if counters(oracle).get("f.f.ereq"):
                return
        except OSError:
            # The port was connected to itself before the program took it.
            pass
        if oracle.process.poll() is not None:
            oracle.errors.seek(0)
            raise RuntimeError(oracle.errors.read().decode("latin-1") + oracle.config)
        time.sleep(0.01)


def log_fields(log):
    """Backend, server, status, termination state, captured headers and request line of the next line."""
    log.settimeout(2)
    try:
        line = log.recv(65536).decode("latin-1")
    except TimeoutError:
        return None
    found = re.search(r"\] (\S+) (\S+) \S+ (\S+) \S+ \S+ \S+ (\S{4}) \S+ \S+ (.*)$", line.rstrip("\n"))
    return " ".join(found.groups()) if found else line


def write_files(folder):
    for name, text in FILES.items():
        with open(os.path.join(folder, name), "w", encoding="latin-1", newline="") as file:
            file.write(text)


def run(group, config, requests):
    """Once more when a port turned out to be taken."""
    for _ in range(3):
        try:
            return attempt(group, config, requests)
        except OSError as error:
            last = error
    raise last


def attempt(group, config, requests):
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    ports = {"server": listener.getsockname()[1], "log": log.getsockname()[1]}
    top, _, rest = config.partition("---\n")
    text = HEAD + (DEFAULTS + config if not rest else top + DEFAULTS + rest)
    oracle = Oracle(text, ports)
    write_files(oracle.folder)
    found = []
    try:
        with oracle:
            settled(oracle)
            for sent in requests:
                before = counters(oracle)
                while True:
                    log.setblocking(False)
                    try:
                        log.recv(65536)
                    except BlockingIOError:
                        break
                with oracle.connect() as client:
                    client.sendall(sent.encode("latin-1"))
                    got, closed = receive(client, sent.encode("latin-1"))
                text = got.decode("latin-1").replace(oracle.folder, "{dir}")
                found.append({"sent": sent, "answer": text, "closed": closed, "log": log_fields(log), "counted": moved(oracle, before)})
    finally:
        listener.close()
        log.close()
    return {"group": group, "config": config, "requests": found}


def main():
    only = [word for word in sys.argv[1:] if not word.startswith("--")]
    groups = [group for group in GROUPS if not only or any(word in group[0] for word in only)]
    path = os.path.join(HERE, "answers.json")
    if "--check" in sys.argv or "--show" in sys.argv:
        recorded = {}
        if "--check" in sys.argv:
            with open(path, encoding="ascii") as file:
                recorded = {group["group"]: group for group in json.load(file)["groups"]}
        wrong = 0
        for group in groups:
            try:
                now = run(*group)
            except (RuntimeError, OSError) as error:
                print("== ", group[0], "\n", "\n".join(line for line in str(error).splitlines() if "ALERT" in line or "rror" in line))
                wrong += 1
                continue
            for n, request in enumerate(now["requests"]):
                was = recorded[group[0]]["requests"][n] if recorded else None
                if was == request:
                    continue
                wrong += 1
                print("==", group[0], repr(request["sent"]))
                for key in ("answer", "closed", "log", "counted"):
                    if not was:
                        print("  ", key, ":", repr(request[key]))
                    elif was[key] != request[key]:
                        print("   was", key, ":", repr(was[key]))
                        print("   now", key, ":", repr(request[key]))
        if recorded:
            print(wrong, "differ")
        return
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(path, "w", encoding="ascii") as file:
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": "record.py", "files": FILES})[:-1] + ', "groups": [\n')
        file.write(",\n".join(json.dumps(run(*group)) for group in groups))
        file.write("\n]}\n")


if __name__ == "__main__":
    main()
