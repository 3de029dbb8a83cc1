#!/usr/bin/env python3
"""Records what haproxy makes of syslog messages that a log-forward section passes on: messages.json.

    python3 record.py [PROGRAM]

Each message goes in as a datagram and comes out at a target of each format. Dates of the moment are written as NOW (RFC 3164) and
NOW-ISO; the year that a date without one gets, as YEAR.
"""

import datetime
import json
import re
import socket
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/haproxy"
FORMATS = ["", "rfc3164", "rfc5424", "raw", "iso", "timed", "short", "priority", "local"]
DATE = "Oct 11 22:14:15 "
ISO = "2003-10-11T22:14:15.003Z"
MESSAGES = [
    f"<34>{DATE}mymachine su: hello",
    f"<34>{DATE}mymachine su[123]: hello\n",
    f"<34>{DATE}host",
    f"<34>{DATE}host ",
    f"<34>{DATE}host tag",
    f"<34>{DATE}host tag msg",
    f"<34>{DATE}host tag: ",
    f"<34>{DATE}host tag:msg",
    f"<34>{DATE}host tag[1] msg",
    f"<34>{DATE}host tag[1]msg",
    f"<34>{DATE}tag: msg",
    "<34>Oct  1 22:14:15 host tag: msg",
    "<34>Oct 11 22:14:15",
    "<34>Xxx 11 22:14:15 host tag: m",
    "<34>Oct 11 22:14:15.123 host tag: m",
    f"{DATE}host tag: m",
    f'<165>1 {ISO} mymachine.example.com evntslog - ID47 [x@1 a="b"] An application',
    f'<165>1 {ISO} h a 77 id [a b="x y"][c] m',
    f"<34>1 {ISO} h a 77 - - \u00fcber",
    f"<34>1 {ISO} h a 77 id - ",
    "<191>1 - - - - - - m",
    f"<34>2 {ISO} h a 77 id - m",
    f"1 {ISO} h a 77 id - m",
    f"<34>{ISO} host app[5]: iso",
    "no header at all",
    "<13>bare text",
    "<>x",
    "<34",
    "<34> x",
    "<34>a\nb\n\n",
    "<34>x\r\n",
    "",
]


def masked(text, year):
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d", "NOW-ISO", text)
    text = text.replace(f"{year}-10-", "YEAR-10-")
    month = datetime.date.today().strftime("%b")
    return re.sub(rf"\b{month} [ \d]\d \d\d:\d\d:\d\d ", "NOW ", text)


def receivers_of(formats):
    """A receiver for each format, and the lines that send to them."""
    receivers = []
    targets = ""
    for form in formats:
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        receivers.append(receiver)
        named = f"format {form} " if form else ""
        targets += f" log 127.0.0.1:{receiver.getsockname()[1]} {named}local4\n"
    return receivers, targets


def main():
    receivers, targets = receivers_of(FORMATS)
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    recorded = []
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as cfg:
        cfg.write(f"log-forward lf\n dgram-bind 127.0.0.1:{port}\n{targets}")
        cfg.flush()
        program = subprocess.Popen([PROGRAM, "-db", "-f", cfg.name], stderr=subprocess.DEVNULL)
        try:
            # It runs once it answers.
            receivers[0].settimeout(0.1)
            for _ in range(100):
                sender.sendto(b"begin", ("127.0.0.1", port))
                try:
                    while receivers[0].recv(65535):
                        begun = True
                except TimeoutError:
                    if "begun" in locals():
                        break
            for receiver in receivers[1:]:
                receiver.settimeout(0.1)
                try:
                    while receiver.recv(65535):
                        pass
                except TimeoutError:
                    pass
            for receiver in receivers:
                receiver.settimeout(5)
            year = datetime.date.today().year
            for message in MESSAGES:
                sender.sendto(message.encode(), ("127.0.0.1", port))
                outs = [receiver.recv(65535).decode() for receiver in receivers]
                recorded.append(
                    {
                        "message": message,
                        "formats": {form or "unset": masked(out, year) for form, out in zip(FORMATS, outs)},
                    }
                )
        finally:
            program.terminate()
            program.wait()
    with open("messages.json", "w", encoding="utf-8") as out:
        json.dump(recorded, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
