"""Records what the installed haproxy's sample fetches give: python3 record.py writes http.json and payload.json beside it."""

import json
import os
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from messages import PAYLOADS, REQUESTS, RESPONSES  # noqa: E402
from oracle import PROGRAM, Oracle, free_port, read_all, read_head  # noqa: E402

DEFAULTS = """global
 stats socket {dir}/stats level admin
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
 timeout http-request 5s
 option http-buffer-request
"""

# Expressions whose results are asked for at once: answers must fit a buffer.
AT_ONCE = 16


def batches(items):
    for at in range(0, len(items), AT_ONCE):
        yield items[at : at + AT_ONCE]


def rules(direction, expressions, conditions):
    """Rules that tell in headers what expressions give and which conditions hold."""
    lines = ""
    for number, expression in enumerate(expressions):
        # Names of ACLs mean other things in conditions: the sample is kept, and the variable looked for.
        lines += f" {direction} set-var(txn.x{number}) {expression}\n"
        lines += f" {direction} set-var(txn.f{number}) bool(true) if {{ var(txn.x{number}) -m found }}\n"
    for number, condition in enumerate(conditions):
        lines += f" {direction} set-var(txn.c{number}) bool(true) if {{ {condition} }}\n"
    flags = [f"f{n}" for n in range(len(expressions))] + [f"c{n}" for n in range(len(conditions))]
    held = "h" + "".join(f".%[var(txn.{flag})]" for flag in flags)
    told = f' hdr held "{held}"' + "".join(f" hdr v{n} \"%[{e}]\"" for n, e in enumerate(expressions))
    if direction == "http-request":
        return lines + f" http-request return status 200{told}\n"
    # All are taken before the first header changes.
    for number, expression in enumerate(expressions):
        lines += f' http-response set-header v{number} "%[var(txn.x{number})]"\n'
    return lines + f' http-response set-header held "{held}"\n'


def told(head, count):
    """What `held` says, and the values of headers v0, v1 … of an answer."""
    found = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        found[name] = value.strip()
    if "held" not in found:
        raise RuntimeError(head.decode("latin-1"))
    return found["held"].split(".")[1:], [found.get(f"v{number}", "") for number in range(count)]


def results(ask, expressions, conditions):
    """Of each expression whether there is a sample and its text; of each condition whether it holds."""
    values, holds = {}, {}
    for some in batches(expressions):
        held, texts = told(ask(some, []), len(some))
        for expression, found, value in zip(some, held, texts):
            values[expression] = value if found == "1" else None
    for some in batches(conditions):
        held, _ = told(ask([], some), 0)
        for condition, holds_now in zip(some, held):
            holds[condition] = holds_now == "1"
    return {"values": values, "holds": holds}


def text(message):
    return "\r\n".join([message["line"]] + message["headers"]) + "\r\n\r\n" + message.get("body", "")


def exchange(oracle, sent):
    with oracle.connect() as client:
        client.sendall(sent.encode("latin-1"))
        client.settimeout(5)
        head, _ = read_head(client)
    if b" 200 " not in head:
        raise RuntimeError(sent + head.decode("latin-1"))
    return head


def of_requests():
    for family in REQUESTS:
        for message in family["messages"]:

            def ask(expressions, conditions):
                config = DEFAULTS + "frontend fe\n bind 127.0.0.1:{port:front} accept-proxy\n"
                with Oracle(config + rules("http-request", expressions, conditions)) as oracle:
                    return exchange(oracle, "PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n" + text(message))

            yield {"side": "request", **message, **results(ask, family["expressions"], family["conditions"])}


def serve(listener, answer):
    """Answers each connection's first request with the same bytes, until the listener is closed."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            read_head(client)
            client.sendall(answer.encode("latin-1"))


def of_responses():
    for family in RESPONSES:
        for message in family["messages"]:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                server = threading.Thread(target=serve, args=(listener, text(message)), daemon=True)
                server.start()
                port = listener.getsockname()[1]

                def ask(expressions, conditions):
                    config = DEFAULTS + "listen fe\n bind 127.0.0.1:{port:front}\n"
                    config += f" server s 127.0.0.1:{port}\n"
                    with Oracle(config + rules("http-response", expressions, conditions)) as oracle:
                        return exchange(oracle, "GET /p HTTP/1.1\r\nhost: h\r\nx-q: request\r\n\r\n")

                found = results(ask, family["expressions"], family["conditions"])
                listener.shutdown(socket.SHUT_RDWR)
                server.join()
            yield {"side": "response", **message, **found}


def of_payloads():
    """TCP sessions: rules look at what came until the client ended its side, and a log line tells."""
    for family in PAYLOADS:
        for sent in family["sent"]:
            found = {}
            for some in batches(family["expressions"]):
                found.update(ask_payload(sent, some))
            yield {"sent": sent, "values": found}


def ask_payload(sent, expressions):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(5)
        config = f"global\n log 127.0.0.1:{log.getsockname()[1]} len 8192 local0\n stats socket {{dir}}/stats\n"
        config += "defaults\n mode tcp\n timeout client 5s\n"
        config += "frontend fe\n log global\n bind 127.0.0.1:{port:in}\n tcp-request inspect-delay 5s\n"
        for number, expression in enumerate(expressions):
            config += f" tcp-request content set-var(sess.f{number}) bool(true) if WAIT_END {{ {expression} -m found }}\n"
            config += f" tcp-request content set-var(sess.v{number}) {expression} if WAIT_END\n"
        config += " tcp-request content reject\n"
        told = "@|@".join(f"%[var(sess.f{n})],%[var(sess.v{n})],%[var(sess.v{n}),hex]" for n in range(len(expressions)))
        config += f' log-format "@@{told}@@"\n'
        with Oracle(config) as oracle, oracle.connect("in") as client:
            client.sendall(bytes.fromhex(sent))
            client.shutdown(socket.SHUT_WR)
            read_all(client)
            line = log.recv(65536).decode("latin-1")
        parts = line.split("@@")[1].split("@|@")
    values = {}
    for expression, part in zip(expressions, parts):
        found, rest = part.split(",", 1)
        number, digits = rest.rsplit(",", 1)
        # Numbers as such, bytes and text in hexadecimal digits.
        is_number = number.lstrip("-").isdigit() and digits == f"{int(number) & (1 << 64) - 1:016X}"
        values[expression] = (int(number) if is_number else digits.strip("-")) if found == "1" else None
    return values


def write(name, recipe, cases):
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, name), "w", encoding="ascii") as file:
        file.write(json.dumps({"program": f"haproxy {version}", "recipe": recipe})[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case) for case in cases))
        file.write("\n]}\n")


if __name__ == "__main__":
    which = sys.argv[1:] or ["http", "payload"]
    if "http" in which:
        recipe = "record.py: what expressions give on each message (null: no sample), and which conditions hold"
        write("http.json", recipe, [*of_requests(), *of_responses()])
    if "payload" in which:
        recipe = "record.py: what expressions give on bytes (in hexadecimal digits) that a client sent and ended"
        write("payload.json", recipe, list(of_payloads()))
