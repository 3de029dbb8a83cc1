#!/usr/bin/env python3
"""Records what haproxy says to another peer, byte for byte: what it calls itself, what it tells of its tables and of their entries, how
it teaches all of them, what it answers to greetings of others. Writes PROGRAM'S VERSION.json here.

    python3 record.py 2.6=/usr/sbin/haproxy 3.4=/path/to/haproxy-3.4
"""
import json, os, socket, subprocess, sys, tempfile, threading, time

TABLES = {
    "numbers": "type string len 20 size 100 expire 60s store server_id,gpc0,gpc0_rate(10s),conn_cnt,conn_cur,sess_cnt,"
    "http_req_cnt,http_req_rate(5s),http_err_cnt,bytes_in_cnt,bytes_out_cnt,gpc1,gpt0,http_fail_cnt",
    "arrays": "type ip size 100 expire 60s store gpc(3),gpt(2),gpc_rate(2,30s)",
    "integers": "type integer size 100 expire 60s store http_req_cnt",
    "addresses": "type ipv6 size 100 store gpc1",
    "binary": "type binary len 8 size 100 expire 5s store gpc0",
}
SETS = [
    "set table numbers key abc data.gpc0 5 data.conn_cnt 300 data.bytes_in_cnt 5000000000 data.gpc0_rate 7 data.gpt0 9",
    "set table arrays key 1.2.3.4",
    "set table integers key 77 data.http_req_cnt 70000",
    "set table addresses key 2001:db8::1 data.gpc1 2288",
    "set table numbers key abc data.gpc0 240",
    "set table numbers key q data.gpc0 239",
]


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Side:
    """Our end of a connection to haproxy."""

    def __init__(self, conn):
        self.conn = conn
        conn.settimeout(0.2)

    def read(self, seconds):
        out, end = b"", time.time() + seconds
        while time.time() < end:
            try:
                more = self.conn.recv(65536)
            except socket.timeout:
                continue
            if not more:
                break
            out += more
        return out

    def until(self, tail, seconds=5):
        out, end = b"", time.time() + seconds
        while not out.endswith(tail):
            if time.time() > end:
                raise SystemExit(f"{out!r} does not end with {tail!r}")
            out += self.read(0.2)
        return out


def record(program):
    folder = tempfile.mkdtemp()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    own, front, back = free(), free(), socket.socket()
    back.bind(("127.0.0.1", 0))
    back.listen(5)
    stats = folder + "/stats"
    tables = "".join(f"backend {n}\n  stick-table {line} peers all\n" for n, line in TABLES.items())
    text = f"""
global
  stats socket {stats} level admin
  localpeer one
  nbthread 1
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
peers all
  peer one 127.0.0.1:{own}
  peer two 127.0.0.1:{listener.getsockname()[1]}
{tables}
frontend fe
  bind 127.0.0.1:{front}
  default_backend sticky
backend sticky
  stick-table type string len 10 size 100 expire 60s srvkey name peers all
  stick on path
  server first 127.0.0.1:{back.getsockname()[1]}
"""
    with open(folder + "/cfg", "w") as out:
        out.write(text)
    process = subprocess.Popen([program, "-db", "-f", folder + "/cfg"], stderr=subprocess.DEVNULL)

    def serve():
        while True:
            try:
                conn, _ = back.accept()
            except OSError:
                return
            conn.recv(65536)
            conn.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
            conn.close()

    threading.Thread(target=serve, daemon=True).start()

    def command(line):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(stats)
            s.sendall(line.encode() + b"\n")
            out = b""
            while more := s.recv(65536):
                out += more
        return out.decode().strip()

    def ask(path):
        with socket.create_connection(("127.0.0.1", front)) as s:
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
            while s.recv(65536):
                pass

    said = []
    try:
        listener.settimeout(10)
        conn, _ = listener.accept()
        side = Side(conn)
        said.append(["hello", side.until(b"\n", 3).decode()])
        conn.sendall(b"200\n")
        side.until(bytes([0, 0]))
        said.append(["asks for all", "0000"])
        conn.sendall(bytes([0, 1]))
        said.append(["told that there is nothing", side.until(bytes([0, 3])).hex()])
        for line in SETS:
            answer = command(line)
            if answer:
                raise SystemExit(f"{line}: {answer}")
            said.append([line, side.read(0.5).hex()])
            conn.sendall(bytes([0, 4]))
        for path in ("/a", "/b"):
            ask(path)
            said.append([f"GET {path}", side.read(0.5).hex()])
        conn.sendall(bytes([0, 0]))
        said.append(["asked for all", side.until(bytes([0, 1])).hex()])
        conn.sendall(bytes([0, 3]))
        side.read(0.5)
        conn.sendall(bytes([0, 4]))
        conn.close()
        status = []
        for hello in (
            "HAProxyS 2.1\none\ntwo 1 0\n",
            "HAProxyS 2.0\none\ntwo 1 0\n",
            "HAProxyS 2.9\none\ntwo 1 0\n",
            "HAProxyS 3.0\none\ntwo 1 0\n",
            "HAProxyS 1.0\none\ntwo 1 0\n",
            "HAProxyS\none\ntwo 1 0\n",
            "Else 2.1\none\ntwo 1 0\n",
            "HAProxyS 2.1\nother\ntwo 1 0\n",
            "HAProxyS 2.1\none\nother 1 0\n",
            "HAProxyS 2.1\none\none 1 0\n",
            "HAProxyS 2.1\none\ntwo\n",
            "HAProxyS 2.1\none\ntwo 1\n",
            "HAProxyS 2.1\r\none\r\ntwo 1 0\r\n",
        ):
            with socket.create_connection(("127.0.0.1", own)) as s:
                s.sendall(hello.encode())
                s.settimeout(1)
                try:
                    answer = s.recv(100).split(b"\n")[0].decode()
                except (socket.timeout, ConnectionError):
                    answer = ""
            status.append([hello, answer])
    finally:
        process.kill()
        process.wait()
        listener.close()
        back.close()
    return {"tables": TABLES, "said": said, "status": status}


for argument in sys.argv[1:]:
    version, program = argument.split("=", 1)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), version + ".json")
    with open(path, "w") as out:
        json.dump(record(program), out, indent=1)
        out.write("\n")
