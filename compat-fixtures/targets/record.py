"""Records what `http-request normalize-uri` makes of request targets with the installed haproxy: python3 record.py writes
normalize.json."""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import Oracle, read_head  # noqa: E402

NORMALIZERS = [
    "fragment-encode",
    "fragment-strip",
    "path-merge-slashes",
    "path-strip-dot",
    "path-strip-dotdot",
    "path-strip-dotdot full",
    "percent-decode-unreserved",
    "percent-decode-unreserved strict",
    "percent-to-uppercase",
    "percent-to-uppercase strict",
    "query-sort-by-name",
]

TARGETS = """/ // /// /a //a /a// /a//b /a//b//c ///a///b/// /. /./ /./. /././a /a/. /a/./ /a/./b /a/.b /a/b. /a/.b. /.a /a/./.
/.. /../ /../a /a/.. /a/../ /a/../b /a/b/.. /a/b/../ /a/b/../c /a/b/../../c /a/../../c /a/../../../c /../../c /a/b/c/../../../..
/a/..b /a/b.. /a/... /a//.. /a//../ /a//../b /a/./../b /a/.././b /a/..//b /foo/%2E%2E/ /foo/%2e%2e/ /%2e/ /a/b/../../ /a/b/../../../
/a/../b/../c/../ /..a/.. /a../../b /.../.. /a/b/c/../.. /a/b/c/d/../../../e /../a/../.. /../a/../../b
/# /#foo /a#b /a#b#c /?a#b /?a#b?c #a /a%23#b
/%61dmin /%41 /%7e /%7E /%2d%2D%5f%5F%2e /foo%3Fbar=baz /%%36%36 /%ZZ /%zz /% /%6 /%6g /a% /a%4 /a%41% /%%41 /%25%34%31 /%30%39%2f%00 /%c3%a9 /%C3%a9
/%6f /%6F /%zZ /%aG /%ga /%aa%bb%cC /a%2fb?c%2fd /a?%61=%41 /a?%zz /?%2d /%
/? /?a /?b&a /?c=3&a=1&b=2 /?aaa=3&a=1&aa=2 /?a=3&b=4&a=1&b=5&a=2 /?& /?&& /?&a /?a& /?b&&a /?=b&a /?=&a= /?a=1&A=2&0=3 /?b?c&a /?%61=1&B=2 /?z=1&y=2&x=3&w
/?a=b=c&a=a /?b=2&a /?a&a=1&a=0 /?aa&a=1&a /?a.b&a-b&a_b&a/b //?a//b /./?a/./b /a/../?a/../b //?b&a#d /a//b?x//y#//z
http://h.example/a//b http://h.example//a/../b?b&a http://h.example http://h.example/ http://h.example//../.. http://h.example?b&a http://h.example/./#x
/a//b#//c /a/./b#/./c /a/../b#/../c /?b&a#d&c /a#?b&a /a/..#/b /a/.#/b
* """.split()

CONFIG = """global
 expose-experimental-directives
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
"""

# One for each: haproxy 2.6 takes a normalizer that may have an argument and has a condition instead for path-merge-slashes.
FRONTEND = """frontend f{number}
 bind 127.0.0.1:{{port:{name}}}
 option accept-invalid-http-request
 http-request normalize-uri {words}
 http-request return status 200 hdr x-target %[url,hex]
"""


def main():
    name = "front{}".format
    frontends = "".join(
        FRONTEND.format(number=number, name=name(number or ""), words=words) for number, words in enumerate(NORMALIZERS)
    )
    found = {}
    with Oracle(CONFIG + frontends) as oracle:
        for number, words in enumerate(NORMALIZERS):
            found[words] = {target: normalized(oracle, name(number or ""), target) for target in TARGETS}
    with open(os.path.join(HERE, "normalize.json"), "w", encoding="ascii") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


def normalized(oracle, frontend, target):
    """The target that comes out, or the status of a refusal."""
    method = "OPTIONS" if target == "*" else "GET"
    with oracle.connect(frontend) as client:
        client.sendall(f"{method} {target} HTTP/1.1\r\nhost: h.example\r\n\r\n".encode("latin-1"))
        head, _ = read_head(client)
    if not head.startswith(b"HTTP/1.1 200"):
        return int(head.split(b" ")[1])
    return bytes.fromhex(re.search(rb"x-target: ([0-9A-F]*)", head).group(1).decode()).decode("latin-1")


main()
