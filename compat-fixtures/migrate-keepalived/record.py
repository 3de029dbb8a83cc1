"""Records what keepalived -t says of the migrated files: `python3 record.py` here, as root with Debian's keepalived 2.2, and, for what
goes to later versions, KEEPALIVED_2_4 with the path of that one (what is recorded with it stays otherwise). Each file is read in a
network namespace of its own with the interfaces lo, eth0 and eth1."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
# The first program that speaks at least the target's language.
PROGRAMS = [("2.2", os.environ.get("KEEPALIVED", "/usr/sbin/keepalived")), ("2.4", os.environ.get("KEEPALIVED_2_4"))]
NAMESPACE = """
ip link add eth0 type veth peer name far0 && ip link add eth1 type veth peer name far1
for name in lo eth0 eth1; do ip link set $name up; done
mount -t tmpfs none /run
cd "$1" && shift && exec "$@"
"""


def version(text):
    return tuple(int(part) for part in text.split("."))


def record(folder, known):
    before = (folder / "before.conf").read_text()
    target = re.search(r"--to (\S+)", before.splitlines()[0])[1]
    name, program = next((name, path) for name, path in PROGRAMS if version(name) >= version(target))
    if not program:
        return known
    after = (folder / "after.conf").read_text()
    with tempfile.TemporaryDirectory() as place:
        pathlib.Path(place, "keepalived.conf").write_text(after)
        command = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", place, program, "-t", "-f", "keepalived.conf"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=20, start_new_session=True)
    return {"keepalived": name, "exit": told.returncode, "said": [line for line in told.stderr.splitlines() if line], "after": after}


path = HERE / "verdicts.json"
known = json.loads(path.read_text()) if path.exists() else {}
cases = sorted(folder for folder in HERE.iterdir() if (folder / "after.conf").exists())
said = {folder.name: record(folder, known.get(folder.name)) for folder in cases}
path.write_text(json.dumps(said, indent=1) + "\n")
for name, verdict in said.items():
    if verdict["exit"] != 0 or verdict["said"]:
        print(name, verdict["exit"], *verdict["said"], sep="\n   ")
