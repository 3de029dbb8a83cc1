#!/usr/bin/env python3
"""Records what haproxy makes of the requests and responses of `cases.py`, in `requests.json`, `responses.json` and, with
options that concern heads, `options.json`.

Usage: record.py [VERSION] (about two minutes)

With a version, such as 3.4, which HAPROXY_PROGRAM is to be then, the names of the files end in it.

Each case goes through a haproxy with default strictness ("strict") and through one that has `option
accept-invalid-http-request` and `-response` ("unsafe"). Of a request is written down what reached the server on each
connection, what the client got before the connection was closed, and the log lines; of a response what the client got and the log
line. Bytes stand as Latin-1. Of a log line the fields behind the frontend's name are kept: `N` for times and counts that
may differ from run to run, `-1` where there was none. The server answers a request once 60 ms passed without a byte of it.
"unsafe" is left out where it is the same as "strict".
"""

import concurrent.futures
import json
import os
import re
import select
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

import cases  # noqa: E402
import oracle  # noqa: E402

CONFIG = """
global
    stats socket {dir}/stats level admin
    nbthread 1
    GLOBAL
defaults
    mode http
    log 127.0.0.1:{port:log} len 4096 local0
    option httplog
    timeout connect 2s
    timeout client 400ms
    timeout server 2s
    timeout http-request 400ms
    timeout http-keep-alive 150ms
    retries 0
frontend fe
    bind 127.0.0.1:{port:front}
    FRONT
    default_backend be
backend be
    BACK
    server s1 127.0.0.1:{port:server}
"""

UNSAFE_FRONT = ["option accept-invalid-http-request"]
UNSAFE_BACK = ["option accept-invalid-http-response"]

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Server:
    """Takes one connection after the other; answers when nothing more comes."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.begin(ANSWER)
        threading.Thread(target=self.serve, daemon=True).start()

    def begin(self, answer):
        self.answer = answer
        self.received = []

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            with connection:
                self.take(connection)

    def take(self, connection):
        got = self.received
        place = len(got)
        got.append(b"")
        answered = False
        while True:
            ready, _, _ = select.select([connection], [], [], 0.06)
            try:
                if not ready:
                    if answered:
                        return
                    connection.sendall(self.answer)
                    answered = True
                    continue
                more = connection.recv(65536)
            except OSError:
                return
            if not more:
                return
            got[place] += more


def fields(line):
    """What of a log line stays the same from run to run."""
    kept = line.split("] fe ", 1)[1].rstrip("\n")
    words = kept.split(" ", 8)
    words[1] = "/".join("-1" if time == "-1" else "N" for time in words[1].split("/"))
    rest = re.sub(r"^\d+/\d+/\d+/\d+/\d+ \d+/\d+", "N/N/N/N/N N/N", words[7] + " " + words[8])
    return " ".join(words[:7]) + " " + rest


class Rig:
    """A haproxy with its server and its log."""

    # One starts after the other: two that look for a free port at once could share it.
    starting = threading.Lock()

    def __init__(self, extra=(), front=(), back=()):
        self.server = Server()
        self.log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.log.bind(("127.0.0.1", 0))
        config = CONFIG
        for place, lines in [("GLOBAL", extra), ("FRONT", front), ("BACK", back)]:
            config = config.replace(place, "\n    ".join(lines))
        ports = {"server": self.server.port, "log": self.log.getsockname()[1]}
        with self.starting:
            self.oracle = oracle.Oracle(config, ports)
            self.oracle.__enter__()
        self.lines(0.3)

    def close(self):
        self.oracle.__exit__()

    def lines(self, wait=0.08):
        found = []
        self.log.settimeout(wait)
        while True:
            try:
                found.append(self.log.recv(65536).decode("latin-1"))
            except TimeoutError:
                return found

    def exchange(self, sent, answer):
        self.server.begin(answer)
        with self.oracle.connect() as client:
            client.sendall(sent)
            got = oracle.read_all(client)
        lines = [fields(line) for line in self.lines()]
        return got, self.server.received, lines

    def request(self, text, answer=ANSWER):
        got, received, lines = self.exchange(text, answer)
        return {
            "server": [part.decode("latin-1") for part in received],
            "client": got.decode("latin-1"),
            "log": lines,
        }

    def response(self, asked, text):
        got, _, lines = self.exchange(cases.ASKED[asked], text)
        return {"client": got.decode("latin-1"), "log": lines}


def record(unsafe, part):
    """The results of one worker's share."""
    rig = Rig(front=UNSAFE_FRONT, back=UNSAFE_BACK) if unsafe else Rig()
    try:
        return [rig.request(case[1]) if len(case) == 2 else rig.response(*case[1:]) for case in part]
    finally:
        rig.close()


def all_results(found, unsafe, workers=6):
    """What became of each case, in order, by workers that have a haproxy each."""
    shares = [found[start::workers] for start in range(workers)]
    results = [None] * len(found)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for start, part in enumerate(pool.map(lambda share: record(unsafe, share), shares)):
            results[start::workers] = part
    return results


def both(name, found, rows):
    """Records cases with default strictness and with none."""
    strict, unsafe = all_results(found, False), all_results(found, True)
    for row, a, b in zip(rows, strict, unsafe):
        row["strict"] = a
        if a != b:
            row["unsafe"] = b
    write(name, rows)


def write(name, rows):
    if len(sys.argv) > 1:
        name = name.replace(".json", f"-{sys.argv[1]}.json")
    with open(os.path.join(HERE, name), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(f"{name}: {len(rows)} cases")


def main():
    found = cases.requests()
    assert len({case[0] for case in found}) == len(found)
    both("requests.json", found, [{"name": case[0], "sent": case[1].decode("latin-1")} for case in found])
    found = cases.responses()
    assert len({case[0] for case in found}) == len(found)
    rows = [{"name": name, "asked": cases.ASKED[asked].decode(), "sent": text.decode("latin-1")} for name, asked, text in found]
    both("responses.json", found, rows)
    rows = []
    for name, extra, front, back, asked, answer in cases.options():
        rig = Rig(extra, front, back)
        try:
            outcome = rig.request(asked, answer)
        finally:
            rig.close()
        row = {"name": name, "global": extra, "frontend": front, "backend": back}
        row |= {"sent": asked.decode("latin-1"), "answer": answer.decode("latin-1"), "strict": outcome}
        rows.append(row)
    write("options.json", rows)


if __name__ == "__main__":
    main()
