"""Evaluates sample expressions with the installed haproxy, for the recorders beside this file.

An expression is kept in a variable and shown twice: its bytes (cast to `bin`), and the text that it is written as (cast to
`str`), both in hexadecimal digits. An expression that gives nothing shows nothing, one that haproxy refuses is left out.
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle, read_head  # noqa: E402

HEAD = """ stats socket {dir}/stats level admin
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
frontend fe
 bind 127.0.0.1:{port:front}
"""

FOOT = """ http-request return status 200 hdr x-bytes %[var(txn.v),hex] hdr x-text %[var(txn.v),concat(,,),hex] if { var(txn.v) -m found }
 http-request return status 404
"""


def evaluate(cases, settings="", presets="", backends=""):
    """What each of `cases` (expression, or expression and headers) gives behind the rules `presets`."""
    cases = [case if isinstance(case, tuple) else (case, []) for case in cases]
    dropped = set()
    while True:
        rules = presets
        first = (settings + HEAD + presets).count("\n") + 2
        numbers = []
        for number, (expression, _) in enumerate(cases):
            if number not in dropped:
                numbers.append(number)
                rules += f" http-request set-var(txn.v) {expression} if {{ path /{number} }}\n"
        try:
            with Oracle("global\n" + settings + HEAD + rules + FOOT + backends) as oracle:
                return [ask(oracle, number, *cases[number]) for number in numbers]
        except RuntimeError as error:
            lines = {int(line) for line in re.findall(r"haproxy\.cfg:(\d+)\]", str(error))}
            wrong = {numbers[line - first] for line in lines if 0 <= line - first < len(numbers)}
            if not wrong:
                raise
            for line in re.findall(r"ALERT.*haproxy\.cfg:\d+\] :(.*)", str(error)):
                print("left out:", line.strip(), file=sys.stderr)
            dropped |= wrong


def ask(oracle, number, expression, headers):
    with oracle.connect() as client:
        text = f"GET /{number} HTTP/1.1\r\nhost: h.example\r\n" + "".join(header + "\r\n" for header in headers) + "\r\n"
        client.sendall(text.encode("latin-1"))
        head, _ = read_head(client)
    given = {"expression": expression}
    if headers:
        given["headers"] = headers
    status = head.split(b" ")[1]
    if status == b"200":
        for shown in ("bytes", "text"):
            found = re.search(rb"\r\nx-" + shown.encode() + rb": ([0-9A-F]*)\r\n", head)
            given[shown] = found.group(1).decode() if found else ""
    elif status != b"404":
        raise RuntimeError(f"{expression} {headers}: {head!r}")
    return given
