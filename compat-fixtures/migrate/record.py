"""Records what haproxy says of the migrated files: `python3 record.py` here, with Debian's haproxy 2.6, and, for what goes to
later versions, HAPROXY_3_4 with the path of that one (what is recorded with it stays otherwise)."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
# The first installed program that speaks at least the target's language.
PROGRAMS = [("2.6", os.environ.get("HAPROXY", "/usr/sbin/haproxy")), ("3.4", os.environ.get("HAPROXY_3_4"))]
# Files that cases name.
FILES = {"site.pem": HERE / "../certificates/rsa.pem", "spoe.conf": HERE / "spoe.conf"}


def version(text):
    return tuple(int(part) for part in text.split("."))


def record(folder, known):
    before = (folder / "before.cfg").read_text()
    target = re.search(r"--to (\S+)", before.splitlines()[0])[1]
    name, program = next((name, path) for name, path in PROGRAMS if version(name) >= version(target))
    if not program:
        return known
    after = (folder / "after.cfg").read_text()
    with tempfile.TemporaryDirectory() as place:
        pathlib.Path(place, "haproxy.cfg").write_text(after)
        for file, source in FILES.items():
            if file in after:
                shutil.copy(source, pathlib.Path(place, file))
        told = subprocess.run([program, "-c", "-f", "haproxy.cfg"], cwd=place, capture_output=True, text=True, timeout=20)
    alerts = [re.sub(r"^\[ALERT\]\s*\(\d+\) : ", "", line) for line in told.stderr.splitlines() if line.startswith("[ALERT]")]
    return {"haproxy": name, "exit": told.returncode, "alerts": alerts, "after": after}


path = HERE / "verdicts.json"
known = json.loads(path.read_text()) if path.exists() else {}
cases = sorted(folder for folder in HERE.iterdir() if (folder / "after.cfg").exists())
said = {folder.name: record(folder, known.get(folder.name)) for folder in cases}
path.write_text(json.dumps(said, indent=1) + "\n")
for name, verdict in said.items():
    if verdict["exit"] != 0:
        print(name, verdict["exit"], *verdict["alerts"], sep="\n   ")
