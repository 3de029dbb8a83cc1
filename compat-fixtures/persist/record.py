"""Records what the installed haproxy does with persistence cookies: python3 record.py writes cookies.json beside it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle, read_head  # noqa: E402

CONFIG = """global
 stats socket {dir}/stats level admin
 nbthread 1
 log 127.0.0.1:{port:log} local0
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
 log global
 option httplog
frontend f
 bind 127.0.0.1:{port:front}
 default_backend b
backend b
 balance roundrobin
 cookie POLICY
 OPTION
 server s1 unix@SERVER cookie c1
 server s2 unix@SERVER cookie c2
 server s3 unix@SERVER cookie c3 disabled
 server s4 unix@SERVER
"""

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def date(seconds):
    steps = (int(seconds) + 3) >> 2
    return "".join(DIGITS[(steps >> shift) & 63] for shift in (24, 18, 12, 6, 0))


class Farm:
    """A haproxy with one policy, and the server and log receiver that it talks to."""

    def __init__(self, policy, option=""):
        self.policy, self.option = policy, option
        self.folder = tempfile.mkdtemp(prefix="farm-")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.folder + "/server")
        self.listener.listen(50)
        self.listener.settimeout(5)
        self.log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.log.bind(("127.0.0.1", 0))
        self.log.settimeout(5)
        config = CONFIG.replace("POLICY", policy).replace("OPTION", option)
        config = config.replace("SERVER", self.folder + "/server")
        self.oracle = Oracle(config, {"log": self.log.getsockname()[1]})

    def __enter__(self):
        try:
            self.oracle.__enter__()
        except RuntimeError:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        self.oracle.__exit__(*error)
        self.close()

    def close(self):
        self.listener.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def exchange(self, request=(), response=(), method="GET", dates=None):
        """One request with these header lines and one answer with those; dates are put in for NAME in {NAME}."""
        while True:
            now = int(time.time())
            lines = [line.format(**{k: date(now + v) for k, v in dates.items()}) for line in request] if dates else request
            case = self.once(now, list(lines), list(response), method)
            if int(time.time()) == now:
                return case

    def once(self, now, request, response, method):
        head = "".join(line + "\r\n" for line in request)
        client = self.oracle.connect()
        client.sendall(f"{method} / HTTP/1.1\r\nhost: x\r\n{head}\r\n".encode("latin-1"))
        server, _ = self.listener.accept()
        server.settimeout(5)
        forwarded, _ = read_head(server)
        head = "".join(line + "\r\n" for line in response)
        server.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{head}\r\n".encode("latin-1"))
        answered, _ = read_head(client)
        client.close()
        server.close()
        line = self.log.recv(4096).decode("latin-1")
        while " b/s" not in line:
            line = self.log.recv(4096).decode("latin-1")
        words = line.split()
        at = next(i for i, word in enumerate(words) if word.startswith("b/s"))
        return {
            "policy": self.policy,
            "option": self.option,
            "now": now,
            "method": method,
            "request": request,
            "response": response,
            "forwarded": headers(forwarded, ("host",)),
            "answered": headers(answered, ("content-length",)),
            "server": int(words[at][3:]) - 1,
            "letters": words[at + 6][2:],
        }


def headers(head, without):
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    return [line for line in lines if line.split(":")[0] not in without]


REQUESTS = r"""
S=c1|S=c2|S=c3|S=zz|S=|S|;||a=b; S=c1|S=c1; a=b|a=b; S=c1; c=d|a=b;S=c1;c=d|a=b ; S = c1 ; c=d|a=b;  S=c1;  c=d|S=c1;|S=c1; |; S=c1
S="c1"|a="x; S=c2"; S=c1|a="x\"; S=c2"; S=c1|S=c1; S=c2|S=zz; S=c2|S=c3; S=c2|s=c1|SS=c1|S=c1=x|S=c1, b=2|a=b, S=c2
$Version=1; S=c2; $Path=/|$Version=1; S=c2; $Path=/; a=b|a; S=c2; b|S=c1 x|S=~c1|S=c1~|S=c1~x|=x; S=c1|S=c1;;b=2|b=2;;S=c1|a=b==; S=c1
S=c1; Path=/; b=3|a="b;S=c1|a=b;S=c1;|S=c1;a=b;c=d;S=c2;e=f|x = y; S=c1|x = y; S = c1 ; z = w|a=b, S=c1; c=d|a=b; S=c1, c=d|S=c3; S=zz
S=zz; S=c3|S=c1;   b=2|b=2;S=c1 ,c=3|$Version=1, S=c1|a=b; $Path=/; S=c1; $Domain=x; c=d|S=c1; $Path=/|S=c1; $Path=/; a=b|a; S=c1|S=c1; a
a=b; S=c1; S=c1; S=c1; d=e|S=c1; S=c1; d=e|d=e; S=c1; S=c1|a="q" w; S=c1|a=x y z; S=c1|a b=x; S=c1|S x=c1|"S"=c1|S==c1|S= c1
S=c1 "; b=2"|a='; S=c1|a=b; S=c1 ; c=d ; e=f|a=b; S=c3|a=b;S=c1;;c=d|a=b;;S=c1;c=d|a=b; ; S=c1; c=d|,S=c1|a="b\;S=c1;c"; S=c2
a\"=x; S=c2|a=\"; S=c2|S=c1;;|S=c1;,|S=c1;$Path=/;|$a=b|a b="x;y";S=c1|a "x;S=c1;y";c=d|S "=c1|a=b;S=c1;$x=y;$z;q|S=c1 $x=y; S=c2|a=b ; S=c1
S=zz~x|S=c3~x|S=c1~x; S=c2~y|S=zz~x; S=c2~y|S="c1~x"|S = c1~x ; b=2|S=c1~x~y|b~c=c1~x; S=c2~z|S=x; S=c1~y|a=b; S=c1~x; c=d
"""

RESPONSES = r"""
|S=x; path=/|S=x, a=b|s=x|S = x ; path=/|S=|S="q;z"; path=/|S|a=b; S=x|S=x; expires=Mon, 1 Jan 2020 00:00:00 GMT; path=/| S=x
a = b; path = /|a=b, S=x|a = b, S = x; c = d
"""

POLICIES = [
    "S insert indirect nocache",
    "S insert",
    "S insert indirect",
    "S insert preserve",
    "S insert indirect preserve",
    "S insert postonly",
    "S rewrite",
    "S prefix",
    "S insert httponly secure domain .a.b domain c.d attr SameSite=Lax attr Foo=1",
]


def cases():
    found = []
    requests = [[f"Cookie: {line}"] for row in REQUESTS.strip("\n").split("\n") for line in row.split("|")]
    requests += [[], ["Cookie: \tS=c1\t;\tb=2\t"], ["Cookie: a=b;\tS=c1;\tc=d"], ["Cookie: a=b\t;\tS=c1\t;\t\tc=d"]]
    requests += [["Cookie: a=1", "Cookie: S=c2"], ["Cookie: S=c1", "Cookie: S=c2"], ["Cookie: S=c1", "Cookie: b=2"]]
    requests += [["Cookie: S", "Cookie: S=c1"], ["Cookie2: S=c1"], ["Cookie: S=c1~x", "Cookie: S=c2~y"]]
    requests += [["Cookie: \xe9=\xff; S=c1"], ["Cookie: S=c1|abc"], ["Cookie: S=c2|Zzzzz|Zzzzz"], ["Cookie: S=c2|"]]
    for policy in ("S insert indirect", "S insert", "S prefix", "S rewrite"):
        with Farm(policy) as farm:
            found += [farm.exchange(request) for request in requests]
    with Farm("S insert indirect", "option persist") as farm:
        found += [farm.exchange([f"Cookie: {line}"]) for line in ("S=c3", "S=c3; S=c1", "S=zz", "S=c1")]
    responses = [[f"Set-Cookie: {line}"] if line else [] for row in RESPONSES.strip("\n").split("\n") for line in row.split("|")]
    responses += [["Set-Cookie: a=b", "Set-Cookie: S=x"], ["Set-Cookie2: S=x"], ["Set-Cookie: S=c2|x; path=/", "Set-Cookie: S=y"]]
    for policy in POLICIES:
        with Farm(policy) as farm:
            for request in ([], ["Cookie: S=c2"], ["Cookie: S=zz"]):
                found += [farm.exchange(request, response) for response in responses]
            found.append(farm.exchange([], [], "POST"))
            found.append(farm.exchange(["Cookie: S=c1"], [], "POST"))
    times = [(0, None), (-60, None), (-700, None), (3600, None), (90000, None), (0, 0), (-60, -60), (0, -60), (0, -3700)]
    times += [(0, 90000), (None, 0), (None, -60), (-700, -60), (-700, -3700)]
    for policy in ("S insert indirect maxidle 30m", "S insert indirect maxlife 8h", "S insert maxidle 10m maxlife 1h", "S insert"):
        with Farm(policy) as farm:
            for last, first in times:
                value = "S=c1|" + ("{last}" if last is not None else "") + ("|{first}" if first is not None else "")
                dates = {"last": last or 0, "first": first or 0}
                found.append(farm.exchange(["Cookie: " + value], dates=dates))
            for value in ("", "S=c1", "S=c1|", "S=c1|||", "S=zz", "S=c1|AAAAA", "S=c1|AAAAA|AAAAA", "S=c1|AAA|", "S=c1|zzzzz|"):
                found.append(farm.exchange(["Cookie: " + value]))
    validator = "Last-Modified: Mon, 01 Jan 2020 00:00:00 GMT"
    control = "no-cache|max-age=0|no-store|public|s-maxage=0|private|no-cache=\"x\"|no-cache=set-cookie|foo, private".split("|")
    lonely = ["Cache-Control: max-age=10", "Cache-Control: public", "Cache-Control: s-maxage=5", 'ETag: "x"', "Expires: x", "Age: 3"]
    with Farm("S insert indirect nocache") as farm:
        found += [farm.exchange([], [validator, f"Cache-Control: {word}"]) for word in control]
        found += [farm.exchange([], [line]) for line in lonely + [validator]]
        found += [farm.exchange([], [validator, line]) for line in ("Pragma: no-cache", "Vary: x")]
        found += [farm.exchange([], [validator], method) for method in ("POST", "PUT", "OPTIONS", "DELETE")]
        found.append(farm.exchange(["Cookie: S=c1"], [validator]))
    with Farm("S rewrite nocache") as farm:
        found.append(farm.exchange([], [validator, "Set-Cookie: S=x"]))
    return found


if __name__ == "__main__":
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, "cookies.json"), "w", encoding="ascii") as file:
        recipe = "record.py: servers s1 (cookie c1), s2 (c2), s3 (c3, disabled), s4 (none); letters are the log's last two"
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe})[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case) for case in cases()))
        file.write("\n]}\n")
