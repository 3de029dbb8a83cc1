"""Records what samples the installed haproxy takes: python3 record.py VERSION [PROGRAM] writes VERSION.json beside it.

Each site is a proxy in which all expressions are evaluated by one kind of rule, or by the log line itself; the log line tells
the values. A site's expressions that the program refuses there are left out. The test is in crates/holdfast/tests/samples.rs."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import oracle  # noqa: E402
from expressions import CONVERTED, FETCHES  # noqa: E402

# What the files of maps hold; the test writes the same.
FILES = {
    "map": "abc letters\nHello greeting\n12 twelve\n1.2.3.4 9.8.7.6\n3628800 99\n",
    "ints": "0 zero\n-1 minus\n1:10 few\n3628800 8.8.8.8\n",
    "ips": "10.0.0.0/8 1.1.1.1\n2001:db8::/32 77\n1.2.3.4 one\n",
    "map_n": "abc 1\nHello 2\n12 -3\n1.2.3.4 4\n3628800 99\n",
    "map_a": "abc 1.1.1.1\nHello 2::2\n12 12.0.0.1\n1.2.3.4 9.8.7.6\n",
    "ints_n": "0 10\n-1 -2\n1:10 1000\n",
    "ints_a": "0 0.0.0.1\n1:10 10.0.0.1\n",
    "ips_n": "10.0.0.0/8 8\n2001:db8::/32 32\n",
    "ips_a": "10.0.0.0/8 1.1.1.1\n2001:db8::/32 ::77\n",
}

GLOBAL = """global
 stats socket {dir}/stats level admin
 nbthread 1
 setenv SAMPLE_TOLD told
 set-var proc.told str(process)
 set-var proc.word str(word)
 set-var proc.number int(5)
 log 127.0.0.1:{port:log} len 65000 format raw local0
defaults
 log global
 timeout client 11s
 timeout server 12s
 timeout connect 13s
 timeout queue 14s
 timeout tarpit 15s
 timeout tunnel 16s
 timeout http-request 17s
 retries 4
 balance roundrobin
 unique-id-format fixed-id
userlist people
 group staff users user
 user user insecure-password pass
backend olds
 stick-table type ip size 100 expire 1h store gpc0,gpc0_rate(1h),gpc1,gpc1_rate(1h),gpt0,conn_cnt,conn_cur,conn_rate(1h),sess_cnt,sess_rate(1h),http_req_cnt,http_req_rate(1h),http_err_cnt,http_err_rate(1h),http_fail_cnt,http_fail_rate(1h),bytes_in_cnt,bytes_in_rate(1h),bytes_out_cnt,bytes_out_rate(1h),server_id
backend news
 stick-table type ip size 100 expire 1h store gpc(3),gpc_rate(3,1h),gpt(3),conn_cnt
"""

THIRD = """backend third
 stick-table type ip size 100 expire 1h store glitch_cnt,glitch_rate(1h)
"""

# Sites: mode, the start of the rule where there is one, and whether the rule stands in the backend.
SITES = {
    "connection": ("http", "tcp-request connection set-var(sess.v{n})", False),
    "session": ("http", "tcp-request session set-var(sess.v{n})", False),
    "content": ("http", "tcp-request content set-var(txn.v{n})", False),
    "request": ("http", "http-request set-var(txn.v{n})", False),
    "backend": ("http", "http-request set-var(txn.v{n})", True),
    "response": ("http", "http-response set-var(txn.v{n})", True),
    "after": ("http", "http-after-response set-var(txn.v{n})", False),
    "log": ("http", None, False),
    "tcp": ("tcp", "tcp-request content set-var(sess.v{n})", False),
    "tcpresponse": ("tcp", "tcp-response content set-var(sess.v{n})", True),
    "tcplog": ("tcp", None, False),
}

# Expressions of one log line.
MANY = 700

REQUEST = (
    "POST /dir/a%20b.html?q=1&b=two%2B&empty=&c HTTP/1.1\r\n"
    "Host: www.example.com:8080\r\n"
    "User-Agent: tester\r\n"
    "X-Forwarded-For: 10.1.2.3, 10.4.5.6\r\n"
    "X-List: one, two,three\r\n"
    "X-List: four\r\n"
    "X-Num: 42\r\n"
    "X-Bearer: Bearer secret\r\n"
    "Cookie: a=1; b=two; a=3\r\n"
    "Authorization: Basic dXNlcjpwYXNz\r\n"
    "Accept-Language: fr;q=0.5, en\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 14\r\n"
    "\r\n"
    "k=v&k2=v%2B2&n"
)
ANSWER = (
    "HTTP/1.1 201 Created\r\n"
    "Set-Cookie: s=1; Path=/\r\n"
    "Set-Cookie: t=2\r\n"
    "X-R: a, b\r\n"
    "X-Ip: 192.0.2.1\r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "hello"
)
TCP_REQUEST = "\x03abcdefgh"
TCP_ANSWER = "\x02xyz"


def quoted(text):
    return '"' + re.sub(r'(["\\$])', r"\\\1", text) + '"'


class Group:
    """Expressions that one proxy evaluates."""

    def __init__(self, site, number, expressions):
        self.site, self.number, self.expressions = site, number, expressions
        self.name = f"{site}{number}"

    def lines(self, port, many_logs=False):
        """The proxy's lines, and beside each rule's the number of its expression."""
        mode, rule, behind = SITES[self.site]
        rules = []
        told = []
        for n, expression in enumerate(self.expressions):
            expression = expression.replace("(same", f"(b_{self.name}").replace("(front_own", f"(f_{self.name}")
            expression = re.sub(r"\{((?:map|ints|ips)(?:_[na])?)\}", r"{dir}/\1", expression)
            if rule:
                rules.append((" " + rule.format(n=n) + " " + quoted(expression), n))
                scope = "sess" if "sess." in rule else "txn"
                told.append(f"~{n}~%[var({scope}.v{n})]")
            else:
                told.append(f"~{n}~%[{expression}]")
        front = [
            (f"frontend f_{self.name}", None),
            (f" bind 127.0.0.1:{port}", None),
            (f" mode {mode}", None),
            (f" default_backend b_{self.name}", None),
            (" acl is_post always_true" if mode == "tcp" else " acl is_post method POST", None),
            (" tcp-request connection set-var(sess.told) str(session)", None),
            (" tcp-request connection track-sc0 src table olds", None),
            (" tcp-request connection track-sc1 src table news", None),
        ]
        back = [(f"backend b_{self.name}", None), (f" mode {mode}", None), (" fullconn 1000", None)]
        if mode == "http":
            front += [
                (" option http-buffer-request", None),
                (" declare capture request len 20", None),
                (" declare capture request len 20", None),
                (" declare capture response len 20", None),
                (" http-request capture req.hdr(user-agent) id 0", None),
                (" http-response capture res.hdr(x-ip) id 0", None),
            ]
        else:
            front += [(" tcp-request inspect-delay 5s", None)]
            back += [(" tcp-response inspect-delay 5s", None)]
            # All bytes are there before the first expression.
            front += [(" tcp-request content set-var(sess.all) bool(true) if { req.payload(8,1) -m found }", None)]
            back += [(" tcp-response content set-var(sess.all) bool(true) if { res.payload(3,1) -m found }", None)]
        (back if behind else front).extend(rules)
        if many_logs:
            pass
        elif rule is None:
            front.append((" log-format " + quoted("".join(told)), None))
        else:
            front.append((" log-format " + quoted(self.name + "".join(told)), None))
        back.append((" server s 127.0.0.1:{port:server} maxconn 50 weight 7", None))
        return front, back, told


def groups_of(expressions_by_site):
    for site, expressions in expressions_by_site.items():
        for number, start in enumerate(range(0, len(expressions), MANY)):
            yield Group(site, number, expressions[start : start + MANY])


def config_of(expressions_by_site, third):
    text = GLOBAL + (THIRD if third else "")
    for group in groups_of(expressions_by_site):
        front, back, _ = group.lines("{port:" + group.name + "}")
        text += "".join(line + "\n" for line, _ in front + back)
    return text


# Rules of TCP for which the program goes on behind a fault; with rules of HTTP it stops at the first.
GOES_ON = {"http-request": "tcp-request content", "http-response": "tcp-response content"}


def refused_numbers(program, site, expressions, third, folder, at_once):
    """Which of the expressions the program refuses at the site. `at_once`: asked of a rule of TCP that sees the same."""
    text = (GLOBAL + (THIRD if third else "")).replace("{port:log}", "1")
    numbers = {}
    mode, rule, _ = SITES[site]
    group = Group(site, 0, expressions)
    if rule:
        front, back, _ = group.lines(1, many_logs=True)
        for line, n in front + back:
            for of_http, of_tcp in GOES_ON.items() if at_once and n is not None else ():
                line = line.replace(f" {of_http} ", f" {of_tcp} ", 1)
            text += line + "\n"
            if n is not None:
                numbers[text.count("\n")] = n
    else:
        front, back, told = group.lines(1, many_logs=True)
        text += "".join(line + "\n" for line, _ in front + back)
        for n, one in enumerate(told):
            for line in [f"frontend x{n}", f" mode {mode}", " bind 127.0.0.1:2", f" default_backend b_{site}0", " acl is_post always_true",
                         " declare capture request len 20", " declare capture request len 20", " declare capture response len 20",
                         " log-format " + quoted(one)]:
                text += line + "\n"
                numbers[text.count("\n")] = n
    text = text.replace("{port:server}", "1").replace("{dir}", folder)
    path = os.path.join(folder, "check.cfg")
    with open(path, "w") as file:
        file.write(text)
    done = subprocess.run([program, "-c", "-f", path], capture_output=True, text=True)
    bad = set()
    strange = []
    for line in done.stderr.splitlines():
        if "[ALERT]" not in line:
            continue
        at = re.search(r"\[[^\]]*check\.cfg:(\d+)\]", line) or re.search(r"check\.cfg:(\d+)", line)
        if at and int(at[1]) in numbers:
            bad.add(numbers[int(at[1])])
        elif not re.search(r"Error\(s\) found|Fatal errors|Too many", line):
            strange.append(line)
    if strange and not bad:
        raise RuntimeError("\n".join(strange[:10]))
    return bad


def accepted(program, site, expressions, third, folder):
    for at_once in (True, False):
        bad = True
        while bad:
            bad = refused_numbers(program, site, expressions, third, folder, at_once)
            expressions = [e for n, e in enumerate(expressions) if n not in bad]
    return expressions


class Server(threading.Thread):
    """Answers on a port: requests of HTTP and the few bytes of TCP."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", port))
        self.sources = []

    def run(self):
        while True:
            connection, peer = self.listener.accept()
            self.sources.append(peer[1])
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        got = b""
        while True:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return connection.close()
            got += more
            if got == TCP_REQUEST.encode("latin-1"):
                connection.sendall(TCP_ANSWER.encode("latin-1"))
                got = b""
            elif b"\r\n\r\n" in got and got.endswith(REQUEST[-14:].encode()):
                connection.sendall(ANSWER.encode())
                got = b""


def named_ports(text, ports):
    """The text with port numbers that differ from run to run named."""
    for name, port in ports.items():
        text = re.sub(rf"(?<!\d){port}(?!\d)", f"<{name}>", text)
    return text


def take(listener):
    listener.settimeout(5)
    return listener.recv(70000).decode("latin-1")


def ask(front, group, source, server, log):
    """The log lines of what is sent through a group's proxy from an address of its own, with ports named."""
    answers = []
    with socket.create_connection(("127.0.0.1", front), source_address=(source, 0)) as client:
        ports = {"front": front, "client": client.getsockname()[1], "server": server.listener.getsockname()[1]}
        if SITES[group.site][0] == "http":
            for _ in range(2):
                client.sendall(REQUEST.encode())
                got = b""
                while not got.endswith(b"hello"):
                    more = client.recv(65536)
                    if not more:
                        raise RuntimeError(f"{group.name}: {got}")
                    got += more
                answers.append(take(log))
        else:
            client.sendall(TCP_REQUEST.encode("latin-1"))
            got = b""
            while not got.endswith(b"xyz"):
                more = client.recv(65536)
                if not more:
                    raise RuntimeError(f"{group.name}: {got}")
                got += more
            client.close()
            answers.append(take(log))
    ports["source"] = server.sources[-1]
    return [named_ports(answer, ports) for answer in answers]


def values_of(line, group):
    """The values that a log line tells, in the order of the expressions."""
    parts = re.split(r"~(\d+)~", line)
    numbers = [int(n) for n in parts[1::2]]
    if numbers != list(range(len(group.expressions))):
        raise RuntimeError(f"{group.name}: a line of other values, {len(line)} bytes: {line[-200:]}")
    return [value.rstrip("\n") for value in parts[2::2]]


def run(program, config, expressions_by_site):
    """By the name of each group, the values of each line."""
    oracle.PROGRAM = program
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    log.bind(("127.0.0.1", 0))
    server_port = oracle.free_port()
    server = Server(server_port)
    server.start()
    rig = oracle.Oracle(config, {"log": log.getsockname()[1], "server": server_port})
    for name, text in FILES.items():
        with open(os.path.join(rig.folder, name), "w") as file:
            file.write(text)
    given = {}
    with rig:
        for number, group in enumerate(groups_of(expressions_by_site)):
            lines = ask(rig.ports[group.name], group, f"127.0.1.{number + 1}", server, log)
            lines = [line.replace(rig.folder, "<dir>") for line in lines]
            given[group.name] = [values_of(line, group) for line in lines]
    return given


def main():
    version = sys.argv[1]
    program = sys.argv[2] if len(sys.argv) > 2 else "/usr/sbin/haproxy"
    third = version != "2.6"
    by_site = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        for site in SITES:
            asked = FETCHES + (CONVERTED if site == "request" else [])
            by_site[site] = accepted(program, site, asked, third, folder)
            print(site, len(by_site[site]), "of", len(asked))
    config = config_of(by_site, third)
    values = run(program, config, by_site)
    groups = []
    for group in groups_of(by_site):
        rows = []
        for n, expression in enumerate(group.expressions):
            told = [line[n] for line in values[group.name]]
            rows.append([expression, told[0]] if len(set(told)) == 1 else [expression, *told])
        groups.append({"name": group.name, "mode": SITES[group.site][0], "values": rows})
    record = {
        "version": version,
        "files": FILES,
        "http": {"request": REQUEST, "answer": ANSWER},
        "tcp": {"request": TCP_REQUEST, "answer": TCP_ANSWER},
        "config": config.split("\n"),
        "groups": groups,
    }
    text = json.dumps(record, indent=1)
    # One expression a line.
    text = re.sub(r'\[\n {5}("[^\n]*)(,?)\n {5}', r"[\1\2 ", text)
    text = re.sub(r'\n {5}("[^\n]*")', r" \1", text)
    text = re.sub(r'\n {4}\]', "]", text)
    with open(os.path.join(HERE, f"{version}.json"), "w") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    main()
