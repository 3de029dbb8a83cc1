#!/usr/bin/env python3
"""Records what haproxy -c -dD says of each rule's fires.cfg: verdicts.json. With --check only compares.

Lines about the program itself are left out. HAPROXY_PROGRAM names another program than /usr/sbin/haproxy.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("HAPROXY_PROGRAM", "/usr/sbin/haproxy")
ABOUT_ITSELF = ("haproxy version is", "path to executable is")


def verdict(path):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, folder)
        shutil.copy(HERE.parent.parent / "certificates" / "rsa.pem", folder)
        run = subprocess.run(
            [PROGRAM, "-c", "-dD", "-f", path.name], cwd=folder, capture_output=True, text=True, timeout=60
        )
    lines = (run.stdout + run.stderr).splitlines()
    said = [
        line
        for line in lines
        if line != "Configuration file is valid" and not any(words in line for words in ABOUT_ITSELF)
    ]
    return {
        "file": hashlib.sha256(path.read_bytes()).hexdigest(),
        "status": run.returncode,
        "said": "\n".join(said),
    }


def main():
    verdicts = {path.parent.name: verdict(path) for path in sorted(HERE.glob("*/fires.cfg"))}
    text = json.dumps(verdicts, indent=1) + "\n"
    target = HERE / "verdicts.json"
    for code, one in verdicts.items():
        if one["status"] or one["said"]:
            print(f"{code}: {one['status']} {one['said']}")
    if "--check" in sys.argv[1:]:
        if target.read_text() != text:
            sys.exit("verdicts.json is not what is said today")
    else:
        target.write_text(text)


main()
