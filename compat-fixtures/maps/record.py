"""Records what the installed haproxy finds in maps, and how its stats socket shows and changes them: python3 record.py writes
lookups.json and commands.json.

"lookups.json" has for each map its converter, its lines and what is found for keys, which come in as a header: the answer's
header shows the value in brackets; "get" is what the stats socket says of the same key. "commands.json" has, for each
configuration with its files, commands and their answers in turn. Entries' numbers are counted in each answer; the
configuration's folder becomes {dir}.
"""

import itertools
import json
import os
import re
import subprocess
import sys
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle, read_all, read_head  # noqa: E402
import socket  # noqa: E402

HEAD = """global
 stats socket {dir}/stats level admin
 stats socket {dir}/operator level operator
 stats socket {dir}/user level user
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
frontend fe
 bind 127.0.0.1:{port:front}
"""

STRINGS = "a 1\na 2\nb 3\nb\t 4  \n\tc d e \t\r\nd\n  #x 5\n#y 6\n\n \nA 7\ne \t \nab\xe9 8\nlong" + "x" * 300 + " 9\n"
PARTS = "bc 1\nabc 3\nab 2\na 9\nabc 8\nx 7\nAB 6\nabcdef 5\n"
# Patterns of delimiters alone are left out: what they match depends on what stands in memory behind the sample.
PATHS = "b 1\n/a/b 3\nc/ 5\n//d// 6\nd/e 7\nE 8\nx//y 9\n"
NAMES = "b 1\na.b 3\n.c. 4\nd:80 5\n/p? 7\nwww.d 8\nF 9\n"
NETS = """10.0.0.0/8 a
10.1.0.0/16 b
10.1.0.0/16 c
::ffff:10.2.0.0/112 d
2001:db8::/32 e
2001:db8:1::/48 f
::11.0.0.0/104 s
2002:0c00::/24 six
2002::/16 x
192.168.1.5 host
192.168.0.0/255.255.0.0 mask
::ffff:172.16.0.0/108 mapped
"""
ADDRESSES = [
    "10.1.2.3", "10.2.3.4", "::ffff:10.1.2.3", "::ffff:10.2.3.4", "2001:db8::1", "2001:db8:1::9", "1.1.1.1", "::10.1.2.3",
    "2002:0a01:0203::", "2002:0a01:0203::5", "11.0.0.1", "12.0.0.1", "::ffff:11.0.0.1", "::11.0.0.1", "", "x", "192.168.1.5",
    "192.168.1.6", "172.16.1.1", "64:ff9b::10.1.2.3", "10", "10.1",
]
NUMBERS = "10 a\n5:20 b\n10 c\n1:3 d\n2-5 e\n100- h\n30:40 f\n35:36 g\n50 i\n50 j\n--70 k\n"
INTEGERS = [
    "10", "7", "2", "4", "5", "-5", "-70", "-71", "x", "", "35", "50", "99", "100", "12x", "x12", " 12", "0x0c", "12.5", "+12",
    "007", "99999999999999999999", "-99999999999999999999", "41",
]

LOOKUPS = [
    ("map_str", STRINGS, ["a", "b", "c", "d", "#x", "#y", "A", "", "e", "ab\xe9", "long" + "x" * 300, "longx", "a "]),
    ("map", STRINGS, ["a", "zz"]),
    ("map_beg", PARTS, ["a", "ab", "abcd", "zz", "xy", "abx", "ABx", "", "abcdefg", "b", "bcx", "abcde"]),
    ("map_sub", PARTS, ["a", "ab", "abcd", "zz", "bcd", "xxabcxx", "", "xAB", "qx"]),
    ("map_end", PARTS, ["abc", "bc", "xc", "a", "xa", "zx", "", "AB", "xabcdef"]),
    ("map_dir", PATHS, ["/a/b", "a", "b", "/c", "/c/d", "/", "//", "d", "/e", "/d/e/f", "E", "/x/y", "/x//y", "bc", "/ab/b"]),
    ("map_dom", NAMES, ["a.b", "a", "b.x", "x.c", "x?d:80", "d:80", "d", "p", "/p", "x/p?y", "www.d.e", "f", "F:1", "bb.b", "."]),
    ("map_int", NUMBERS, INTEGERS),
    ("map_int", "12 a\n4-6 b\n20- c\n -100 d\n0 z\n", INTEGERS),
    ("map_ip", NETS, ADDRESSES),
    ("map_ip", "0.0.0.0/0 z\n10.0.0.0/8 a\n::/0 z6\n", ADDRESSES),
    ("map_ip", "::ffff:10.2.0.0/112 d\n192.168.0.0/16 w\n172.16.0.0/12 six\n", ADDRESSES + ["2002:ac10:0101::", "::192.168.1.1"]),
    ("map_reg", "^a(.*) 1-\\1\n^ab 2\n(?=x)x 3\nq$ 4\n[[:digit:]]+ 5\n", ["ab", "abc", "x", "yy", "xq", "a1", "7"]),
    ("map_regm", "^a(.)(.)? one-\\1-\\2-\\0-\\9\\\\x\\t\n^b 2\\\n(.)\\1 twice-\\1\n^c(\\d+) \\x41\\1\n^d \\x4\n", ["abc", "ab", "b", "yy", "c12", "d"]),
    ("map_str_int", "a 1\nb 010\nc  -7\nd 9223372036854775807\n", ["a", "b", "c", "d", "e"]),
    ("map_str_ip", "a 1.2.3.4\nb ::1\nc 2001:DB8::0\n", ["a", "b", "c", "d"]),
    ("map_beg_int", "a 1\nab 2\n", ["abc", "a", "b"]),
    ("map_ip_ip", "10.0.0.0/8 1.1.1.1\n", ["10.1.1.1", "9.9.9.9"]),
    ("map_int_int", "1:5 7\n", ["3", "6"]),
]

ONE = [" http-request set-var(txn.a) path,map_str({dir}/m)\n", {"m": "a 1\na 2\nb 3\n"}]
SHARED = [
    """ acl a1 path_beg -f {dir}/m
 acl a1 path_end /x /y
 acl a2 path -i -f {dir}/m -f {dir}/n foo
 acl a3 path -M -f {dir}/p
 http-request set-var(txn.a) path,map_str({dir}/p)
 http-request set-var(txn.b) path,map_beg({dir}/p)
 http-request set-var(txn.c) path,map_beg_int({dir}/q,4)
 http-request set-var(txn.c) path,map_str_int({dir}/q)
 http-request set-var(txn.c) path,map({dir}/q)
 http-request set-var(txn.c) path,map_reg({dir}/r)
 http-request set-var(txn.c) path,map_regm({dir}/r)
 http-request deny if { path -u 77 /k } a1 a2 a3
 http-request set-var(txn.d) path,map_str({dir}/p)
""",
    {"m": "/a\n/b\n", "n": "/c\n", "p": "/a 1\n/b 2\n", "q": "/a 1\n", "r": "^/(.) x\\1\n"},
]
KINDS = [
    """ acl a path -u 5 -i /y
 acl b path_beg -u 6 /x /z
 acl c src -u 7 1.2.3.4
 acl d path_reg -u 8 ^/a
 acl e path_len -u 9 5
 acl g req.proto_http -u 11
 acl h path -m bin -u 12 2f61
 acl i path -m found -u 13
 acl j path_sub -i -u 14 ab
 acl k path_dom -u 15 ab
 acl l url_port -u 16 gt 5 lt 3 4:6 ne 9 eq 8
 acl m path_end -u 17 -i /e
 acl n path_beg -i -u 18 /B /BB
 acl o path_dir -u 19 a/b
 http-request deny if a b c d e g h i j k l m n o
 http-request set-var(txn.a) path,map_int({dir}/i)
 http-request set-var(txn.a) path,map_ip({dir}/p)
 http-request set-var(txn.a) path,map_str_ip({dir}/v)
 http-request set-var(txn.a) path,map_str_int({dir}/w)
""",
    {"i": "1 a\n3:4 b\n", "p": "1.2.3.4 a\n1.2.3.0/24 b\n", "v": "a 1.2.3.4\nb ::1\n", "w": "a 1\n"},
]
LEVELS = [
    command.format(kind=kind)
    for kind in ("map", "acl")
    for command in (
        "show {kind}", "show {kind} #0", "get {kind} #0 a", "add {kind} #0 a b", "set {kind} #0 a b", "del {kind} #0 a",
        "clear {kind} #0", "prepare {kind} #0", "commit {kind} @1 #0",
    )
    if not command.startswith("set {kind}") or kind == "map"
]
COMMANDS = [
    (ONE, """show map {dir}/m|set map {dir}/m a 9|show map {dir}/m|del map {dir}/m a|show map {dir}/m|add map {dir}/m a 5
add map {dir}/m a 6 7|add map {dir}/m z|add map {dir}/m q\\ r s\\ t|show map {dir}/m|get map {dir}/m a|add map|add map nope
add map nope x y|add map {dir}/m|del map {dir}/m nope|set map {dir}/m nope 1|set map {dir}/m a|set map {dir}/m|set map|set map nope
set map nope a b|del map|del map {dir}/m|del map nope|del map nope x|clear map {dir}/m|show map {dir}/m|clear map|clear map nope
get map|get map {dir}/m|get map nope x|show map nope|show map #0|show map 0|add map #0 n 1|get map #0 n|add map #9 n 1|del map #0 n
show map #0|add map #0 n 1|prepare map {dir}/m|add map @1 {dir}/m v 1|show map @1 {dir}/m|show map {dir}/m|get map {dir}/m v
commit map @1 {dir}/m|show map {dir}/m|commit map @5 {dir}/m|commit map|commit map {dir}/m|commit map @x {dir}/m|commit map @1
commit map @1 nope|prepare map|prepare map nope|add map @77 {dir}/m x y|show map @77 {dir}/m|clear map @77 {dir}/m|show map
prepare map {dir}/m|prepare map {dir}/m|clear map @2 {dir}/m|show map @2|show map @2 nope|add acl {dir}/m x|show acl {dir}/m
get acl {dir}/m n|add acl|add acl nope|add acl nope x|del acl {dir}/m v|del acl|prepare acl {dir}/m|commit acl @3 {dir}/m|commit acl
clear acl {dir}/m|clear acl|get acl|get acl nope x|show acl nope|del acl nope x|prepare acl nope|clear acl nope|commit acl @1 nope
add acl @9 {dir}/m x|add map @1|add map @1 {dir}/m|add map @ {dir}/m empty version"""),
    (ONE, """prepare map {dir}/m|prepare map {dir}/m|prepare map {dir}/m|add map @1 {dir}/m k one|add map @2 {dir}/m k two
add map @3 {dir}/m k three|add map @0 {dir}/m k zero|show map {dir}/m|commit map @0 {dir}/m|set map {dir}/m k X|show map {dir}/m
show map @1 {dir}/m|show map @2 {dir}/m|del map {dir}/m k|show map {dir}/m|show map @1 {dir}/m|add map @2 {dir}/m l two
add map @3 {dir}/m l three|add map @1 {dir}/m l one|commit map @2 {dir}/m|show map {dir}/m|show map @1 {dir}/m|show map @3 {dir}/m
add map @1 {dir}/m q r|clear map @3 {dir}/m|show map @3 {dir}/m|commit map @3 {dir}/m|show map {dir}/m|commit map @3 {dir}/m
prepare map {dir}/m|commit map @4x {dir}/m|commit map @ {dir}/m|show map @4 #0|show map @4|show map @|clear map @9
del map @4 #0 k|set map @4 #0 k v|get map @4 #0 k|prepare map @4 #0"""),
    (ONE, [
        "add map {dir}/m <<\nk1 v1\nk2 v2 w  x \n", "add map {dir}/m <<\nonly\nk3 v3\n", "show map {dir}/m", "add map {dir}/m k <<\nfoo\n",
        "add map @1 {dir}/m <<\nk1 v1\n", "set map {dir}/m a <<\nbb\n", "add map {dir}/m x y <<\nk v\n",
        "add map {dir}/m <<\n  lead v1\n#c d\n\t \n", "show map {dir}/m", "add map {dir}/m <<\ng 1\nbad\n",
        "add map nope <<\na b\n", "add map <<\na b\n", "add map {dir}/m <<\ntab\tbed\tx\n", "prepare map {dir}/m",
        "add map @1 {dir}/m <<\np q\n", "show map {dir}/m", "show map @1 {dir}/m", "add acl {dir}/m <<\nzz\n", "del map {dir}/m <<\na\n",
        "get map {dir}/m a <<\na\n", "clear map {dir}/m <<\na\n",
    ]),
    (SHARED, """show acl|show map|show acl #0|show acl #77|show acl #1|show acl #2|show acl #5|get acl {dir}/m /a|get acl {dir}/m /A
get acl {dir}/p /a|get map {dir}/p /a|get map {dir}/p /ab|get map {dir}/q /a|get acl #77 /k|add acl #77 /l|show acl #77|get acl #77 /l
add acl #77 x y|del acl #77 /k|show acl #77|add acl {dir}/p /z|add map {dir}/p /z|add map {dir}/p /z 1|show acl {dir}/p
show map {dir}/p|show map {dir}/m|add map {dir}/m a b|show acl {dir}/m|set map {dir}/m a c|set map {dir}/m /a d|show acl {dir}/m
get acl {dir}/m a|get map {dir}/m a|prepare acl {dir}/p|prepare map {dir}/p|prepare acl {dir}/m|commit acl @1 {dir}/m
show acl {dir}/m|clear acl {dir}/p|clear acl @4 {dir}/p|get acl {dir}/q /a|set map {dir}/m /a 4|del map {dir}/m /a|get map {dir}/m /a
clear map {dir}/m|show acl {dir}/n|del acl {dir}/n #0x1234|del acl {dir}/n #zz|del acl {dir}/n #|set map {dir}/p #0x12 4
set map {dir}/p #zz 4|add map {dir}/q /b x|add map {dir}/q /b 7|get map {dir}/q /b|set map {dir}/q /b x|get map {dir}/q /b
show map {dir}/q|get map {dir}/r /q|add map {dir}/r ( y|add map {dir}/r ^b( y|add map {dir}/r ^b y|get map {dir}/r bb
set map {dir}/r ^b w|show map {dir}/r|del map {dir}/r ^b|show map {dir}/r|add acl @1 #77 v|prepare acl #77|add acl @1 #77 v
show acl @1 #77|commit acl @1 #77|show acl #77|get map #77 v|add acl {dir}/n /d|get acl {dir}/n /D|prepare map {dir}/m
commit map @2 {dir}/m"""),
    (KINDS, "|".join(
        [f"get acl #{number} {key}" for number in (5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19)
         # What it says of an address that is taken for yes or no is left over from another command.
         for key in ("/a", "/Y", "/xx", "5", "1.2.3.4", "/bb/e", "ab", "/a/b/c") if (number, key) != (11, "1.2.3.4")]
    ) + """|show acl #16|show acl #12|add acl #16 gt\\ 5|add acl #16 7:|show acl #16|add acl #12 zz|add acl #12 6162|add acl #12 616
get acl #12 ab|add acl #9 x|add acl #9 3:4|get acl #9 abc|add acl #11 1|add acl #13 f|show acl #13|add acl #8 ^(|add acl #7 ::1
get acl #7 ::1|add acl #7 foo.bar|add acl #7 10.1|del acl #7 1.2.3.4/32|del acl #7 1.2.3.4|get acl #7 1.2.3.4|add acl #6 /xyz
get acl #6 /xyzz|del acl #6 /xyz|get acl #6 /xyzz|add map {dir}/i x y|add map {dir}/i 5- y|add map {dir}/i 7 seven|del map {dir}/i 3:4
show map {dir}/i|get map {dir}/i 7|get map {dir}/i abc|get map {dir}/i 07|add map {dir}/i 0x10 h|get map {dir}/p 1.2.3.4
get map {dir}/p zz|del map {dir}/p 1.2.3.4/32|del map {dir}/p 1.2.3.4|get map {dir}/p ::ffff:1.2.3.4|add map {dir}/p localhost y
get map {dir}/v a|get map {dir}/v b|add map {dir}/v x y|set map {dir}/v a zz|get map {dir}/v a|set map {dir}/v a ::2|get map {dir}/v a
add map {dir}/w x y|add map {dir}/w x 5|set map {dir}/w a zz|show map {dir}/w|add map {dir}/w y\\ z 6|get map {dir}/w y\\ z"""),
    (ONE, ["operator:" + command for command in LEVELS] + ["user:" + command for command in LEVELS] + [
        "prompt\nset severity-output number\nprepare map #0\nadd map #0\nget map #0 b\nshow map #0\ncommit map @9 #0\ndel map #0 zz",
    ]),
]


def write(folder, files):
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="latin-1") as file:
            file.write(text)


class Maps(Oracle):
    """A haproxy whose folder holds those files from the start."""

    def __init__(self, config, files):
        super().__init__(config)
        write(self.folder, files)

    def say(self, text, name="stats"):
        """What a stats socket answers until it closes, or when it has fallen silent behind a prompt."""
        with socket.socket(socket.AF_UNIX) as cli:
            cli.settimeout(5)
            cli.connect(os.path.join(self.folder, name))
            cli.sendall((text + "\n").encode("latin-1"))
            cli.shutdown(socket.SHUT_WR)
            return read_all(cli).decode("latin-1")


def lookup(converter, text, keys):
    config = HEAD + ' http-request return status 200 hdr found "[%[req.hdr(k),url_dec,' + converter + '({dir}/m)]]"\n'
    done = []
    with Maps(config, {"m": text}) as oracle:
        for key in keys:
            with oracle.connect() as client:
                client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nk: " + quote(key.encode("latin-1"), safe="").encode() + b"\r\n\r\n")
                head, _ = read_head(client)
            found = head.split(b"found: [")[1].split(b"]\r\n")[0].decode("latin-1")
            plain = key and not set(key) & set(" ;\\")
            done.append({"key": key, "found": found, "get": oracle.say("get map #0 " + key) if plain else None})
    return {"converter": converter, "lines": text, "keys": done}


def hide(text, folder):
    """An answer without what differs from run to run."""
    text = text.replace(folder, "{dir}")
    # What the program's own HTTP client has is no concern here.
    text = re.sub(r"(?m)^\d+ \(\) acl 'var' file 'httpclient'.*\n", "", text)
    # Its count of entries is wrong after deletions, and for expressions.
    text = re.sub(r"(?m) entry_cnt=\d+$", "", text)
    counter = itertools.count(1)
    return re.sub(r"(?m)^0x[0-9a-f]{6,}(?= )", lambda _: f"0x{next(counter)}", text)


def commands(config, files, lines):
    if isinstance(lines, str):
        lines = [line for part in lines.split("\n") for line in part.split("|")]
    config = HEAD + config + " http-request return status 200\n"
    with Maps(config, files) as oracle:
        done = []
        for line in lines:
            socket_name, command = "stats", line
            for name in ("operator", "user"):
                if line.startswith(name + ":"):
                    socket_name, command = name, line.split(":", 1)[1]
            answer = oracle.say(command.replace("{dir}", oracle.folder), socket_name)
            # Behind a payload it takes the empty line for another command.
            answer = re.sub(r"Unknown command\..*", "", answer, flags=re.S)
            done.append([line, hide(answer, oracle.folder)])
    return {"config": config, "files": files, "commands": done}


def dump(name, recipe, key, items):
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, name), "w", encoding="ascii") as file:
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe})[:-1] + f', "{key}": [\n')
        file.write(",\n".join(json.dumps(item) for item in items))
        file.write("\n]}\n")


if __name__ == "__main__":
    dump("lookups.json", "record.py: what maps give for keys", "maps", [lookup(*one) for one in LOOKUPS])
    dump("commands.json", "record.py: what the stats socket answers", "cases", [commands(*case, lines) for case, lines in COMMANDS])
