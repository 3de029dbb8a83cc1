#!/usr/bin/env python3
"""Records what keepalived -t says of each file of each rule's fires.conf: verdicts.json. With --check only compares.

Run it as root with Debian 12's keepalived 2.2.7 installed. Each file is read in a network namespace of its own with the interfaces
lo, eth0 and eth1. A fixture holds the files of all nodes: `#@ file NAME` begins another one. Those of haproxy are not for this program.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = "/usr/sbin/keepalived"
NAMESPACE = """
ip link add eth0 type veth peer name far0 && ip link add eth1 type veth peer name far1
for name in lo eth0 eth1; do ip link set $name up; done
mount -t tmpfs none /run
cd "$1" && shift && exec "$@"
"""


def files(text):
    name, lines = "lb1.conf", []
    for line in text.splitlines(keepends=True):
        if line.startswith("#@ file "):
            yield name, "".join(lines)
            name, lines = line.split()[2], []
        lines.append(line)
    yield name, "".join(lines)


def verdict(path):
    text = path.read_text()
    status, said = 0, []
    for name, content in files(text):
        if name.endswith(".cfg"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / name).write_text(content)
            shell = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", folder, PROGRAM, "-t", "-f", name]
            run = subprocess.run(shell, capture_output=True, text=True, timeout=20, start_new_session=True)
        status = max(status, run.returncode)
        said += [f"{name}: {line}" for line in run.stderr.splitlines() if line]
    return {"file": hashlib.sha256(text.encode()).hexdigest(), "status": status, "said": "\n".join(said)}


def main():
    verdicts = {path.parent.name: verdict(path) for path in sorted(HERE.glob("*/fires.conf"))}
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
