"""Records the installed haproxy's reasons: python3 reasons.py writes reasons.json beside it."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import PROGRAM, Oracle  # noqa: E402

CONFIG = """global
 stats socket {dir}/stats
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
frontend f
 bind 127.0.0.1:{port:front}
"""


def main():
    rules = "".join(f" http-request return status {status} if {{ path /{status} }}\n" for status in range(200, 600))
    found = {}
    with Oracle(CONFIG + rules) as oracle, oracle.connect() as client:
        answers = client.makefile("rb")
        for status in range(200, 600):
            client.sendall(f"GET /{status} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            found[str(status)] = answers.readline().decode().rstrip().split(" ", 2)[2]
            while answers.readline().strip():
                pass
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stdout.split()[2]
    with open(os.path.join(HERE, "reasons.json"), "w", encoding="ascii") as file:
        json.dump({"program": f"haproxy {version}", "recipe": "reasons.py", "reasons": found}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
