#!/usr/bin/env python3
"""Records what haproxy makes of the host of syslog messages that a log-forward section passes on: hosts.json.

    python3 record_hosts.py PROGRAM

A version of 3.2 or later is needed: `option host` came then. Each message goes in as a datagram from 127.0.0.9 and comes out at a
target of each format. Dates of the moment are written as in messages.json.
"""

import datetime
import itertools
import json
import socket
import subprocess
import sys
import tempfile

from record import masked, receivers_of

FORMATS = ["", "rfc3164", "rfc5424", "local", "priority"]
OPTIONS = ["", "replace", "fill", "keep", "append"]
DATE = "Oct 11 22:14:15 "
ISO = "2003-10-11T22:14:15.003Z"
MESSAGES = [f"<34>{DATE}mymachine su: hello", f"<34>{DATE}mymachine", "<13>bare", "none at all"] + [
    "<34>1 " + " ".join(fields) + " m"
    for fields in itertools.product([ISO, "-"], ["h", "-"], ["a", "-"], ["7", "-"], ["id"], ["-"])
]


def main():
    receivers, targets = receivers_of(FORMATS)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind(("127.0.0.9", 0))
    year = datetime.date.today().year
    recorded = []
    for option in OPTIONS:
        # It listens before there is a program, which inherits it.
        taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as cfg:
            line = f" option host {option}\n" if option else ""
            cfg.write(f"log-forward lf\n dgram-bind fd@{taken.fileno()}\n{line}{targets}")
            cfg.flush()
            program = subprocess.Popen(
                [sys.argv[1], "-db", "-f", cfg.name], stderr=subprocess.DEVNULL, pass_fds=[taken.fileno()]
            )
            try:
                for message in MESSAGES:
                    sender.sendto(message.encode(), ("127.0.0.1", port))
                    outs = [receiver.recv(65535).decode() for receiver in receivers]
                    formats = {form or "unset": masked(out, year) for form, out in zip(FORMATS, outs)}
                    recorded.append({"host": option or "unset", "message": message, "formats": formats})
            finally:
                program.terminate()
                program.wait()
                taken.close()
    with open("hosts.json", "w", encoding="utf-8") as out:
        json.dump(recorded, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
