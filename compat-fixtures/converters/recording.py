"""What the recorders beside this file share: each case is an expression that the installed haproxy evaluates for a request.

A case is `{"expression": ..., "headers": {...}, "variables": {...}}`; the values of headers are text of bytes (latin-1), those of
variables expressions of their own. What is empty counts as `str`. Recorded is `gives`: null when there is no sample, otherwise `{"type": ..., "value": ...}` with
type `int` (a truth value is 0 or 1), `str` or `bin` (in hexadecimal digits). A case that haproxy refuses has `refused`. `later` is what
versions after the recorded one give, by their manual.
"""

import json
import os
import subprocess
import sys
import tempfile

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
 bind 127.0.0.1:{port:front}
"""
END = b"\x01END\x01"


def rules(number, case):
    """The lines that evaluate one case and show what it gives."""
    at = f"if {{ path /{number} }}"
    lines = [f"http-request set-var({name}) {value} {at}" for name, value in case.get("variables", {}).items()]
    lines.append(f"http-request set-var(txn.result) {case['expression']} {at}")
    lines.append(f"http-request set-var(txn.found) int(1) {at} {{ var(txn.result) -m found }}")
    # Bytes cannot be taken for a number, and text can; so can truth values and numbers, whose text is in digits.
    lines.append(f"http-request set-var(txn.number) var(txn.result),add(0) {at}")
    lines.append(f"http-request set-var(txn.text) int(1) {at} {{ var(txn.number) -m found }}")
    shown = "%[var(txn.found)]|%[var(txn.text)]|%[var(txn.result),hex]|%[var(txn.result)]"
    lines.append(f'http-request return status 200 content-type text/plain lf-string "{shown}\\x01END\\x01" {at}')
    return lines


def refusals(cases):
    """For each case what haproxy says against it, or none. It stops at the first one, so it is asked again without that."""
    found = [None] * len(cases)
    while True:
        lines = HEAD.replace("{dir}", "/nonexistent").replace("{port:front}", "1").splitlines()
        of_line = {}
        for number, case in enumerate(cases):
            for line in rules(number, case) if found[number] is None else []:
                lines.append(" " + line)
                of_line[len(lines)] = number
        with tempfile.NamedTemporaryFile("w", suffix=".cfg", encoding="latin-1") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            done = subprocess.run([PROGRAM, "-c", "-f", file.name], capture_output=True, cwd=HERE, check=False)
            told = [line for line in done.stderr.decode("latin-1").splitlines() if "[ALERT]" in line]
            places = [line.split(f"[{file.name}:", 1)[1].split("]", 1) for line in told if f"[{file.name}:" in line]
        for place, said in places:
            found[of_line[int(place)]] = said.strip(" :")
        if not places:
            if done.returncode:
                raise RuntimeError("\n".join(told))
            return found


def request(client, path, headers):
    """The body of the answer."""
    text = f"GET {path} HTTP/1.1\r\nhost: h\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n"
    client.sendall(text.encode("latin-1"))
    head, rest = read_head(client)
    if b" 200 " not in head:
        raise RuntimeError(repr(text[:200]) + repr(head))
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(rest) < length:
        more = client.recv(65536)
        if not more:
            raise RuntimeError("the answer is cut")
        rest += more
    return rest


def reading(body):
    """What a body tells."""
    if not body.endswith(END):
        # The original's buffers have an end too.
        raise RuntimeError(f"the answer has no end: {body[-80:]}")
    found, is_text, digits, text = body[: -len(END)].split(b"|", 3)
    if found != b"1":
        return None
    if len(digits) == 16 and text == str(int.from_bytes(bytes.fromhex(digits.decode()), "big", signed=True)).encode():
        return {"type": "int", "value": int(text)}
    return {"type": "str" if is_text == b"1" or not digits else "bin", "value": digits.decode()}


def record(families):
    """Writes NAME.json for each family; only those that the command line names, if it does."""
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    recipe = os.path.basename(sys.argv[0])
    for name, cases in families.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        cases = [case if isinstance(case, dict) else {"expression": case} for case in cases]
        said = refusals(cases)
        lines = [line for number, case in enumerate(cases) if said[number] is None for line in rules(number, case)]
        old = os.getcwd()
        os.chdir(HERE)
        with Oracle(HEAD + "".join(f" {line}\n" for line in lines)) as oracle:
            with oracle.connect() as client:
                for number, case in enumerate(cases):
                    if said[number] is not None:
                        case["refused"] = said[number]
                        continue
                    case["gives"] = reading(request(client, f"/{number}", case.get("headers", {})))
        os.chdir(old)
        with open(os.path.join(HERE, name + ".json"), "w", encoding="ascii") as file:
            file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe})[:-1] + ', "cases": [\n')
            file.write(",\n".join(json.dumps(case) for case in cases))
            file.write("\n]}\n")
