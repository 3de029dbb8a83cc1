"""Records which conditions hold for which requests with the installed haproxy: python3 record.py writes conditions.json."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle, read_head  # noqa: E402

HEAD = """global
 stats socket {dir}/stats level admin
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
frontend fe
 bind 127.0.0.1:{port:front} accept-proxy
"""

FOOT = """backend none
backend two
 server a 127.0.0.1:1
 server b 127.0.0.1:1
 server c 127.0.0.1:1 disabled
 server d 127.0.0.1:1 weight 0
 server e 127.0.0.1:1 backup
backend three
 server a 127.0.0.1:1 disabled
 server b 127.0.0.1:1 backup
 server c 127.0.0.1:1 backup
 server d 127.0.0.1:1 backup weight 0
backend four
 option allbackups
 server a 127.0.0.1:1 disabled
 server b 127.0.0.1:1 backup
 server c 127.0.0.1:1 backup
"""


def get(path, *headers, method="GET", version="1.1", **connection):
    return {
        "line": f"{method} {path} HTTP/{version}",
        "headers": list(headers),
        "src": connection.get("src", "1.2.3.4"),
        "dst": connection.get("dst", "5.6.7.8"),
        "src_port": connection.get("src_port", 1000),
        "dst_port": connection.get("dst_port", 80),
    }


def table(acls, conditions, requests):
    """For each request a string with a digit for each condition: 1 where it holds."""
    rules = "".join(f" {line}\n" for line in acls)
    for number, condition in enumerate(conditions):
        rules += f" http-request set-var(txn.v{number}) int(0)\n"
        rules += f" http-request set-var(txn.v{number}) int(1) {condition}\n"
    shown = "".join(f"%[var(txn.v{number})]" for number in range(len(conditions)))
    rules += f' http-request return status 200 hdr holds "{shown}"\n'
    done = []
    with Oracle(HEAD + rules + FOOT) as oracle:
        for request in requests:
            family = "TCP6" if ":" in request["src"] else "TCP4"
            addresses = f"{request['src']} {request['dst']} {request['src_port']} {request['dst_port']}"
            text = f"PROXY {family} {addresses}\r\n{request['line']}\r\n"
            text += "".join(header + "\r\n" for header in request["headers"]) + "\r\n"
            with oracle.connect() as client:
                client.sendall(text.encode("latin-1"))
                head, _ = read_head(client)
            if b"\r\nholds: " not in head:
                raise RuntimeError(text + head.decode("latin-1"))
            holds = head.split(b"\r\nholds: ")[1].split(b"\r\n")[0].decode()
            done.append(dict(request, holds=holds))
    return {"acls": acls, "conditions": conditions, "requests": done}


def anonymous(*expressions):
    return [f"if {{ {expression} }}" for expression in expressions]


def paths():
    conditions = anonymous(
        "path /", "path -m found", "path -m len 0", "path /a", "path_beg /a", "path_beg", "path", "path_end .html", "path_end -i .HTML",
        "path_sub b", "path_dir b", "path_dir /b", "path_dir /b/", "path_dir a/b", "path_dir b/c", "path_dir -i B", "path_dir /",
        "path_dom b", "path_dom x.y", "path_dom .x.", "path_len 2", "path_len 3:", "path_reg ^/a", "path_reg -i ^/A", "path -m str -i /A",
        "path_beg -i /A", "path_end /", "query q=1", "query -m found", "query -m len 0", "url_beg http", "url -m found", "base h.com/a",
        "base_beg h.com", "base -m len 6", "base -m found", "base h.com:80/b", "base h.com/b", "path_beg /%61", "path /a /b /c",
    )
    requests = [get(path, "host: h.com") for path in (
        "/a", "/", "/a/b/c", "http://h.com/a", "http://h.com", "/a?q=1", "/a?", "/a?b?c", "//a//b", "/A.HTML", "/a;p=1", "/%61", "/?q=1",
        "/x.html/", "/b.html", "/c", "/b/", "/ab/c.b/")]
    requests += [get("/b", "host: h.com:80"), get("/x.y/b/", "host: H.COM"), get("*", "host: h.com", method="OPTIONS"), get("/a")]
    requests += [get("/a", "host:"), get("/a.html?x=/b"), get("/b", "host: h.com,x")]
    return table([], conditions, requests)


def headers():
    conditions = anonymous(
        "hdr(a) x", "hdr(a) -m found", "hdr(a,1) x", "hdr(a,2) x", "hdr(a,-1) x", "hdr(a,-2) x", "hdr(a,0) x", "hdr(a,3) -m found",
        "hdr(a,-3) -m found", "hdr_cnt(a) 0", "hdr_cnt(a) 1", "hdr_cnt(a) 2", "hdr_cnt(a) ge 3", "hdr_cnt 2", "req.fhdr(a) x",
        "req.fhdr(a) -m found", "req.fhdr(a,1) x", "req.fhdr(a,-1) x", "hdr(a) -m len 0", "hdr_beg(a) x", "hdr_end(a) x", "hdr_sub(a) x",
        "hdr_dom(a) x", "hdr_reg(a) ^x$", "hdr_len(a) 1", "hdr_len(a) gt 3", "hdr(a) -m ip 10.0.0.0/8", "hdr(a) -m int 5",
        "hdr(a) -m int 0:", "hdr(a) -i X", "hdr(A) x", 'hdr(a) "\\"q,x\\""', "hdr(a) x y", "hdr(a)", "hdr(a) -m found x",
    ) + ["if ! { hdr(a) x }", "unless { hdr(a) x }"]
    values = ["x", "", "x,y", "y , x", '"q,x"', '"q,x",x', 'q"x,y', ",x,", ",", "5", "5x", "-5", "+5", " 5 ", "abc", "10.1.2.3", "10.1.2.3:80"]
    values += ["10.1.2", "::ffff:10.1.2.3", "2002:0a01:0203::", "X", "www.x.com", '"x\\",y"', "99999999999999999999", "0x10", "x y", "5 6"]
    requests = [get("/", f"a: {value}") for value in values]
    requests += [get("/"), get("/", "a: y", "a: x"), get("/", "a: x", "a: y, z"), get("/", "A: x")]
    return table([], conditions, requests)


def cookies():
    conditions = anonymous(
        "req.cook(a) b", "req.cook(a) -m found", "req.cook(a) -m len 0", "req.cook(a) c", "req.cook(A) b", "req.cook -m found",
        "req.cook b", 'req.cook(a) "\\"b\\""', "req.cook(b) -m found", "cook(a) -m int 5", "req.cook(a)",
    )
    lines = ["a=b", "a=c", "a", "a=", "x=y; a=b", "a=b; a=c", "a=c; a=b", "a = b ; c=d", 'a="b"', 'a="b; c=d"', 'x="; a=b"', "a=5", "A=b"]
    lines += ["aa=b", "a=b, c=d", "a=b=c", "a=b|x", "; a=b", "x; a=b", "a;b=a=b", "$a=b", "b=a=b"]
    requests = [get("/", f"cookie: {line}") for line in lines] + [get("/", "cookie: a=c", "cookie: a=b"), get("/")]
    return table([], conditions, requests)


def connections():
    conditions = anonymous(
        "src 1.2.3.4", "src 1.2.3.0/24", "src 1.2.3.5/24", "src 0.0.0.0/0", "src ::/0", "src 1.2.3.0/255.255.255.0",
        "src ::ffff:1.2.3.4", "src ::ffff:1.2.3.0/120", "src 2001:db8::/32", "src 2001:db8::1", "src -m found", "src -m str 1.2.3.4",
        "src -m beg 1.2.", "src -m end :1", "src -m len 7", "src -m int 16909060", "src -m reg ^1", "src", "src_port 1000",
        "src_port 1000:2000", "src_port gt 999", "src_port -m str 1000", "dst 5.6.7.8", "dst_port 80 443", "dst_port 81:", "dst_port :80",
        "src 10.0.0.1 1.2.3.4", "src 127.0.0.1/8", "src_port -m bool", "ssl_fc", "ssl_fc 0", "ssl_fc -m int 0", "ssl_fc -m found",
        "ssl_fc -m str 0", "nbsrv(two) 3", "nbsrv(two) 2", "nbsrv(three) 1", "nbsrv(three) 2", "nbsrv(four) 2", "nbsrv(two) gt 0", "nbsrv(none) 0", "nbsrv(two)", "fe_conn lt 1", "fe_conn(fe) ge 1", "be_conn(two) 0",
        "nbsrv(two) -m bool", "nbsrv(none) -m bool",
    )
    requests = [get("/"), get("/", src="1.2.3.5"), get("/", src="2001:db8::1", dst="::1"), get("/", src="::ffff:1.2.3.4", dst="::1")]
    requests += [get("/", src="::1.2.3.4", dst="::1"), get("/", src="2002:102:304::9", dst="::1"), get("/", src_port=5, dst_port=443)]
    return table([], conditions, requests)


def methods():
    conditions = ["if METH_GET", "if METH_POST", "if METH_OPTIONS", "if HTTP_1.1", "if HTTP_1.0", "if TRUE", "if FALSE", "if LOCALHOST"]
    conditions += ["if METH_HEAD", "unless FALSE", "unless TRUE", "if !TRUE", "if !FALSE", "if TRUE TRUE", "if TRUE FALSE or TRUE"]
    conditions += ["if FALSE or FALSE", "unless TRUE FALSE or FALSE", "if FALSE || !FALSE TRUE"]
    conditions += anonymous(
        "method GET", "method get", "method FOO", "method GET HEAD", "method -m beg G", "method -m str GET", "method -m reg ^G",
        "method -m len 3", "method -m found", "req.ver 1.1", "req_ver 1.0", "always_true", "always_false", "always_true 1", "method -m sub E",
    )
    requests = [get("/", method=name) for name in ("GET", "HEAD", "POST", "FOO", "get", "PUT", "DELETE")]
    requests += [get("*", method="OPTIONS"), get("/", version="1.0"), get("http://x/"), get("/", src="127.0.0.1")]
    return table([], conditions, requests)


def expressions():
    conditions = anonymous(
        "path_reg ^/a$", "path_reg a.c", "path_reg -i ABC", "path_reg ^/(a|b)+$", r"path_reg \\.html$", "path_reg ^/[[:alpha:]]+$",
        r"path_reg /\\d{2}$", "path_reg (?i)ABC", "path_reg ^/(?!x)", "path_reg a x", "hdr_reg(a) ^\xe9$", "hdr_reg(a) ^.$", "hdr_reg(a) ^..$",
        "hdr_reg(a) ^$", r"path_reg \\/a", r"path_reg a\\_b", r"path_reg \\babc\\b", "path_reg ^/[a-c/]*$",
        r"path_reg -i ^/(?=AB)", "path_reg (?<=b)c",
    )
    requests = [get("/a"), get("/abc", "a: \xe9"), get("/ABC"), get("/x.html", "a: \xc3\xa9"), get("/12"), get("/a_b", "a:"), get("/aa")]
    return table([], conditions, requests)


def names():
    """Lines that share a name, several lines over one thing, and conditions over them."""
    acls = ["acl static path_beg /img /css", "acl static path_end .png", "acl inner src 10.0.0.0/8", "acl inner hdr(x) y"]
    acls += ["acl short path_beg /i", "acl longer path_beg /img/big", "acl other path_beg -i /IMG", "acl host hdr(host) -i www.x.com"]
    acls += ["acl host hdr_end(host) -i .y.com", "acl tiny path_len lt 4", "acl sub path_sub mg ig"]
    names = ["static", "inner", "short", "longer", "other", "host", "tiny", "sub"]
    conditions = [f"if {name}" for name in names] + [f"if !{name}" for name in names]
    conditions += ["if static !longer", "if static inner or host", "unless static or host", "if !static !inner", "if short { path_end g }"]
    requests = [get(path, "host: WWW.x.com") for path in ("/", "/i", "/img", "/img/big/a.png", "/css/x", "/x.png", "/IMG/x", "/img/bi")]
    requests += [get("/", "host: a.y.com"), get("/", "host: y.com"), get("/", "x: y"), get("/", src="10.9.8.7"), get("/img", "x: z", src="10.0.0.1")]
    return table(acls, conditions, requests)


if __name__ == "__main__":
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    tables = [paths(), headers(), cookies(), connections(), methods(), expressions(), names()]
    with open(os.path.join(HERE, "conditions.json"), "w", encoding="ascii") as file:
        recipe = "record.py: each condition stands in a rule of frontend fe; the backends are those at its end"
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe, "backends": FOOT})[:-1] + ', "tables": [\n')
        file.write(",\n".join(json.dumps(one) for one in tables))
        file.write("\n]}\n")
