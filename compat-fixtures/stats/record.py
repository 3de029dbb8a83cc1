#!/usr/bin/env python3
"""Records what Debian's haproxy answers on its stats socket and its statistics page.

Usage: record.py > stats.json

One haproxy runs on loopback ports of this script. "states" is a list of commands for the stats socket; with each stand its
answer, and what `show stat`, `show servers state` and the page's tables show afterwards. "traffic" is `show stat` and the
tables after some requests. "answers" are commands with their answers at each level, "pages" are requests to the page with the
heads of their answers, "forms" are bodies posted to it. Ports become NAME of {port:NAME}.
"""

import csv
import http.server
import io
import json
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oracle import Oracle, free_port, read_all  # noqa: E402

CONFIG = """
global
    maxconn 1000
    stats socket {dir}/stats level admin
    stats socket {dir}/operator level operator
    stats socket {dir}/user level user
    nbthread 1
    node lb1
    description the first balancer
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend web
    bind 127.0.0.1:{port:web}
    bind 127.0.0.1:{port:alt} name alt maxconn 33
    option socket-stats
    maxconn 200
    use_backend dyn if { path_beg /dyn }
    default_backend app
backend app
    description what is served
    cookie SRV insert indirect nocache
    option httpchk GET /ok
    server web1 127.0.0.1:{port:one} cookie w1 check inter 100ms weight 10 maxconn 50
    server web2 127.0.0.1:{port:two} cookie w2 check inter 100ms weight 20 maxqueue 7
    server dead 127.0.0.1:{port:dead} check inter 100ms
    server spare 127.0.0.1:{port:one} backup
    server off 127.0.0.1:{port:two} disabled
backend dyn
    balance leastconn
    server one 127.0.0.1:{port:one} check inter 100ms rise 1 fall 1
    server idle 127.0.0.1:{port:two} check inter 100ms weight 0
    server six [::1]:{port:one}
backend wrong
    balance source
    option httpchk GET /bad
    server w 127.0.0.1:{port:one} check inter 100ms
    server sock unix@/nowhere
backend spares
    balance first
    server b1 127.0.0.1:{port:one} backup weight 3
    server b2 127.0.0.1:{port:two} backup weight 20
backend spares-all
    option allbackups
    fullconn 77
    server b1 127.0.0.1:{port:one} backup weight 3
    server b2 127.0.0.1:{port:two} backup weight 20
backend empty
frontend gone
    bind 127.0.0.1:{port:gone}
    disabled
listen tcp
    mode tcp
    bind 127.0.0.1:{port:tcp}
    server t1 127.0.0.1:{port:one} check inter 100ms
    server t2 127.0.0.1:{port:dead} check inter 100ms
frontend stats
    bind 127.0.0.1:{port:stats}
    stats enable
    stats uri /st
    stats admin if TRUE
    stats refresh 30s
listen legends
    bind 127.0.0.1:{port:legends}
    stats enable
    stats hide-version
    stats realm Some\\ Realm
    stats auth admin:secret
    stats show-legends
    stats show-node
    stats show-desc
    stats scope app
    stats scope .
"""

STATES = [
    "show version",
    "set server dyn/one state drain",
    "set server dyn/one state maint",
    "set server dyn/one state ready",
    "set server app/web1 state maint",
    "disable server app/web2",
    "set server app/spare state drain",
    "enable server app/web1",
    "enable server app/web2",
    "set server app/spare state ready",
    "set server app/dead state drain",
    "set server app/dead state ready",
    "set server app/off state ready",
    "set server app/web1 weight 0",
    "set server app/web2 weight 50%",
    "get weight app/web2",
    "set weight app/web1 100%",
    "set server app/web2 weight 20",
    "disable health app/web1",
    "set server app/web1 health stopping",
    "set server app/web1 health down",
    "set server app/web1 health up",
    "enable health app/web1",
    "set server spares/b1 state maint",
    "set server spares-all/b1 state maint",
    "set maxconn server app/web1 20",
    "set maxconn frontend web 150",
    "disable frontend web",
    "disable frontend web",
    "enable frontend web",
    "enable frontend web",
    "shutdown frontend tcp",
    "shutdown frontend tcp",
    "enable frontend tcp",
    "disable frontend tcp",
    "disable server wrong/w",
    "set server wrong/sock state maint",
]

ANSWERS = [
    "set server", "set server app", "set server app/nope state ready", "set server nope/web1 state ready",
    "set server app/web1 state", "set server app/web1 state foo", "set server app/web1 weight",
    "set server app/web1 weight 300", "set server app/web1 weight abc", "set server app/web1 weight -1",
    "set server app/web1 weight 5x", "set server app/web1 weight 5%x", "set server app/web1 weight -5%",
    "set server app/web1 health", "set server app/web1 health foo", "set server app/web1 agent up",
    "set server wrong/w weight 5", "set weight wrong/w 50%", "set server #3/#1 weight 10",
    "get weight app/web1", "get weight #3/#1", "get weight", "get weight app", "get weight app/nope", "get weight nope/x",
    "set weight app/web1", "set weight app/nope 3", "disable server", "disable server app/nope", "disable server nope/x",
    "enable server app", "disable frontend", "disable frontend nope", "disable frontend app", "enable frontend nope",
    "shutdown frontend", "shutdown frontend nope", "shutdown sessions server", "shutdown sessions server app",
    "shutdown sessions server app/nope", "enable health", "enable health app/spare", "disable health app/nope",
    "enable agent app/web1", "disable agent app/web1", "set maxconn frontend", "set maxconn frontend web",
    "set maxconn frontend nope 3", "set maxconn frontend web -1", "set maxconn server app/web1", "set maxconn server app/nope 3",
    "set maxconn server app/web1 abc", "set maxconn server app/web1 5x", "set maxconn global", "set maxconn global 2000",
    "set maxconn global 500", "set maxconn global 0", "set timeout", "set timeout cli", "set timeout cli 20s",
    "set timeout cli abc", "set timeout cli 0", "set timeout foo 1", "set severity-output", "set severity-output number",
    "show backend", "show cli level", "show cli sockets", "show env FOO", "show env TZ", "show startup-logs", "show version",
    "   show   version", "show version extra", "show version;show cli level", "show servers state nope", "show servers state 3",
    "show stat nope -1 -1", "show stat 0 4 -1", "show stat domain foo", "operator", "user", "clear counters",
    "clear counters all", "quit;show version", "prompt;show version", "prompt;prompt;show version", "prompt\nshow cli level\nquit",
    "prompt\noperator\nshow cli level\nset weight app/web1 5\nuser\noperator",
    "prompt\nset severity-output number\nget weight app/nope\nshow version\nset severity-output string\nget weight app/nope",
    "prompt\nshow version <<\nabc\n\nshow version", "show version\nshow cli level",
]

PAGES = [
    ("GET", "/st"), ("HEAD", "/st"), ("GET", "/st;csv"), ("GET", "/st;json"), ("GET", "/st;json-schema"), ("GET", "/st;typed"),
    ("GET", "/st;norefresh"), ("GET", "/st;csv;norefresh"), ("GET", "/st;up?scope=ap"), ("GET", "/stx"),
]

FORMS = [
    ("/st", "s=web1&action=drain&b=%233"), ("/st;up", "s=web1&action=ready&b=app"),
    ("/st;csv;norefresh", "s=web1&action=ready&b=app"), ("/st?scope=ap", "s=web1&action=ready&b=app"),
    ("/st", "s=web1&s=nope&action=ready&b=app"), ("/st", "s=nope&action=maint&b=app"), ("/st", "s=web1&action=ready&b=nope"),
    ("/st", "s=web1&action=foo&b=app"), ("/st", "action=ready&b=app"), ("/st", "s=web1&action=&b=app"), ("/st", "xx"),
    ("/st", "b=app&action=maint&s=spare"), ("/st", "b=app&action=ready&s=spare&foo=bar"), ("/st", "s=web1&action=shutdown&b=app"),
    ("/st", "s=spare&action=hrunn&b=app"), ("/st", "s=spare&action=dhlth&b=app"), ("/st", "s=web1&action=dhlth&b=app"),
    ("/st", "s=web1&action=ehlth&b=app"), ("/st", "s=web1&action=dagent&b=app"), ("/st", "s=spare&action=disable&b=app"),
    ("/st", "s=spare&action=enable&b=app"),
]


PROXIES = ["web", "app", "dyn", "wrong", "spares", "spares-all", "tcp"]


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status = {"/bad": 500, "/404": 404}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"hello\n")

    def log_message(self, *_):
        pass


def start_server(port, family=socket.AF_INET):
    class Http(http.server.ThreadingHTTPServer):
        address_family = family
        daemon_threads = True

        def handle_error(self, *_):
            """A check that goes away is no error."""

    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    threading.Thread(target=Http((address, port), Server).serve_forever, daemon=True).start()


def rows(text):
    """The rows of a CSV with its head, up to the dash that ends what has a fixed place."""
    table = [row for row in csv.reader(io.StringIO(text)) if row]
    end = table[0].index("-")
    table[0][0] = table[0][0].removeprefix("# ")
    return [row[:end] for row in table]


def columns(table, *names):
    """Those columns of each row."""
    places = [table[0].index(name) for name in names]
    return [[row[place] for place in places] for row in table[1:]]


def tables(page):
    """The rows of the page's tables: class, and the text of each cell without what shows only under the pointer."""
    found = []
    page = re.sub(r"<div class=tips>.*?</div>", "", page, flags=re.S)
    for match in re.finditer(r'<tr class="?([a-z_]+)"?>(.*?)</tr>', page, re.S):
        if match.group(1) == "titre":
            continue
        cells = [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", match.group(2), re.S)]
        found.append([match.group(1), cells])
    return found


def write(value, depth):
    """JSON with a line for each row or answer."""
    if isinstance(value, dict):
        sys.stdout.write("{")
        for i, (key, inner) in enumerate(value.items()):
            sys.stdout.write((",\n" if i else "\n") + " " * (depth + 1) + json.dumps(key) + ": ")
            write(inner, depth + 1)
        sys.stdout.write("\n" + " " * depth + "}")
    elif isinstance(value, list) and depth < 3 and not all(isinstance(inner, str) for inner in value):
        sys.stdout.write("[")
        for i, inner in enumerate(value):
            sys.stdout.write((",\n" if i else "\n") + " " * (depth + 1))
            write(inner, depth + 1)
        sys.stdout.write("\n" + " " * depth + "]")
    else:
        sys.stdout.write(json.dumps(value))


def main():
    ports = {name: free_port() for name in ("one", "two", "dead")}
    for name in ("one", "two"):
        start_server(ports[name])
    start_server(ports["one"], socket.AF_INET6)
    with Oracle(CONFIG, ports) as oracle:
        def on_socket(name, text):
            with socket.socket(socket.AF_UNIX) as cli:
                cli.settimeout(5)
                cli.connect(os.path.join(oracle.folder, name))
                cli.sendall(text.encode() + b"\n")
                cli.shutdown(socket.SHUT_WR)
                return read_all(cli).decode("latin-1")

        def http_request(port, text):
            with oracle.connect(port) as connection:
                connection.sendall(text.encode())
                return read_all(connection).decode("latin-1")

        def page(path="/st"):
            return http_request("stats", f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

        def settled():
            """Nothing moves any more: no server is between two states and no check is the first one."""
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                table = rows(on_socket("stats", "show stat"))
                states = columns(table, "status", "check_status")
                if not any("/" in status or check in ("INI", "UNK") or "*" in check for status, check in states):
                    return table
                time.sleep(0.02)
            raise RuntimeError(table)

        def servers(proxy):
            """`show servers state` while no check is under way."""
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                text = on_socket("stats", "show servers state " + proxy)
                if not any(int(line.split()[13]) & 1 for line in text.splitlines()[2:] if line):
                    return text
            raise RuntimeError(text)

        def named(text):
            for name, port in oracle.ports.items():
                text = re.sub(rf"(?<![0-9]){port}(?![0-9])", "{port:" + name + "}", text)
            return text.replace(oracle.folder, "{dir}")

        def step(command):
            answer = on_socket("stats", command)
            proxy = next((word.split("/")[0] for word in command.split() if word.split("/")[0] in PROXIES), "empty")
            return {
                "command": command,
                "answer": answer,
                "proxy": proxy,
                "stat": [row for row in settled()[1:] if row[0] == proxy],
                "servers": servers(proxy) if proxy != "web" else "",
                "tables": tables(page("/st?scope=" + proxy)),
            }

        record = {
            "config": CONFIG,
            "start": settled(),
            "info": [line.split(":")[:3] for line in on_socket("stats", "show info typed").splitlines() if line],
            "typed": [line.split(":")[:3] for line in on_socket("stats", "show stat typed").splitlines() if line and int(line.split(".")[3]) < 103],
            "user": rows(on_socket("user", "show stat"))[1:],
            "start_tables": tables(page()),
            "start_servers": servers(""),
            "states": [step(command) for command in STATES],
        }
        on_socket("stats", "clear counters all")
        for name in ("spares/b1", "spares-all/b1"):
            on_socket("stats", f"set server {name} state ready")
        for path in ["/", "/a", "/b", "/404", "/bad", "/dyn", "/dyn", "/dyn/404"]:
            http_request("web", f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        http_request("alt", "GARBAGE\r\n\r\n")
        record["traffic"] = {"stat": settled()[1:], "tables": tables(page())}
        record["answers"] = {
            level: [[command, on_socket(level, command)] for command in ANSWERS] for level in ("stats", "operator", "user")
        }
        record["pages"] = [
            [method, path, http_request("stats", f"{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").split("\r\n\r\n")[0]]
            for method, path in PAGES
        ]
        record["forms"] = []
        for path, body in FORMS:
            head = f"POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
            record["forms"].append([path, body, http_request("stats", head + body).split("\r\n\r\n")[0]])
        login = "authorization: Basic YWRtaW46c2VjcmV0\r\n"
        plain = "GET /haproxy?stats HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
        record["unauthorized"] = http_request("legends", plain + "\r\n")
        with_login = http_request("legends", plain + login + "\r\n")
        record["legends"] = {"tables": tables(with_login), "tips": re.findall(r"<div class=tips>((?:cap|IPv|unix|id|balancing)[^<]*)</div>", with_login)}
        record["denied"] = http_request(
            "legends", plain.replace("GET", "POST") + login + "content-length: 27\r\n\r\ns=web1&action=drain&b=app&x"
        ).split("\r\n\r\n")[0]
    write(json.loads(named(json.dumps(record))), 0)
    print()


main()
