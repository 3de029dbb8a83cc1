"""Records the installed haproxy's own answers: python3 record.py writes answers.json beside it."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle  # noqa: E402

CONFIG = """global
 stats socket {dir}/stats level admin
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
 timeout http-request 500ms
 monitor-uri /monitor
frontend f
 bind 127.0.0.1:{port:front}
"""

REQUESTS = {
    "plain": {"line": "GET / HTTP/1.1", "headers": ["host: x"]},
    "head": {"line": "HEAD / HTTP/1.1", "headers": ["host: x"]},
    "close": {"line": "GET / HTTP/1.1", "headers": ["host: x", "connection: close"]},
    "old": {"line": "GET / HTTP/1.0", "headers": []},
    "old-kept": {"line": "GET / HTTP/1.0", "headers": ["connection: keep-alive"]},
}

FILES = {
    "old": "HTTP/1.0 503 Service Unavailable\r\nCache-Control: no-cache\r\nConnection: close\r\nX-Foo:  bar \r\n\r\n<h1>mine</h1>\n",
    "sized": "HTTP/1.1 503 Mine\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nmine\n",
    "open": "HTTP/1.1 503 Mine\r\nContent-Type: text/html\r\n\r\nmine\n",
    "bare": "HTTP/1.1 503 Mine\nX: y\nContent-Length: 4\n\nmine",
    "other-status": "HTTP/1.1 555 Weird\r\nContent-Length: 3\r\n\r\nabc",
    "bodyless": "HTTP/1.1 503 Mine\r\n\r\n",
    "empty": "",
}


def ask(oracle, sent):
    """What comes back for these bytes, and whether the connection was closed."""
    with oracle.connect() as client:
        client.sendall(sent)
        got = b""
        client.settimeout(5)
        while True:
            more = client.recv(65536)
            if not more:
                return got, True
            got += more
            head, _, body = got.partition(b"\r\n\r\n")
            length = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            wanted = 0 if sent.startswith(b"HEAD") else int(length[0]) if length else None
            if wanted is not None and len(body) >= wanted and b"connection: close" not in head.lower():
                break
        client.settimeout(0.3)
        try:
            return got, client.recv(1) == b""
        except TimeoutError:
            return got, False


def each_request(about, rules, found, path="/"):
    with Oracle(CONFIG + rules) as oracle:
        for name, request in REQUESTS.items():
            line = request["line"].replace(" / ", f" {path} ")
            text = "\r\n".join([line] + request["headers"]) + "\r\n\r\n"
            got, closed = ask(oracle, text.encode())
            found.append(dict(about, request=name, answer=got.decode("latin-1"), closed=closed))


def cases():
    found = []
    for status in (200, 400, 403, 404, 405, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504):
        each_request({"kind": "status", "status": status}, f" http-request deny deny_status {status}\n", found)
    each_request({"kind": "status", "status": 200}, "", found, "/monitor")
    each_request({"kind": "auth", "status": 401, "value": "R"}, " http-request auth realm R\n", found)
    each_request({"kind": "auth", "status": 407, "value": "R"}, " option http-use-proxy-header\n http-request auth realm R\n", found, "http://x/")
    for status in (301, 302, 303, 307, 308):
        rule = f" http-request redirect code {status} location http://x/y\n"
        each_request({"kind": "redirect", "status": status, "value": "http://x/y"}, rule, found)
    for name, text in FILES.items():
        path = os.path.join("/tmp", f"errorfile-{os.getpid()}-{name}")
        with open(path, "w", encoding="latin-1", newline="") as file:
            file.write(text)
        try:
            rule = f" errorfile 503 {path}\n http-request deny deny_status 503\n"
            each_request({"kind": "file", "status": 503, "value": text}, rule, found)
        finally:
            os.unlink(path)
    with Oracle(CONFIG) as oracle:
        for status, sent in ((400, "GARBAGE\r\n\r\n"), (400, "HEAD / HTTP/1.1\r\nbad header\r\n\r\n"), (408, "GET / HT")):
            got, closed = ask(oracle, sent.encode())
            found.append({"kind": "malformed", "status": status, "sent": sent, "answer": got.decode(), "closed": closed})
    return found


if __name__ == "__main__":
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, "answers.json"), "w", encoding="ascii") as file:
        recipe = "record.py: requests plain, head, close (HTTP/1.1), old, old-kept (HTTP/1.0) get each answer"
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe})[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case) for case in cases()))
        file.write("\n]}\n")
