#!/usr/bin/env python3
"""Asks keepalived whether it takes the files that were made (CASE/made/NODE.conf), and records its answers in verdicts.json.

Run it as root with Debian 12's keepalived 2.2.7, after `cargo test -p holdfast --test migrate_heartbeat` has written the files
anew; it takes some seconds. Each file is read in a network namespace of its own with the interfaces lo, eth0 and eth1.

    python3 record.py            writes verdicts.json anew
    python3 record.py --check    fails when verdicts.json is not what the program says
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE = """
ip link add eth0 type veth peer name far0 && ip link add eth1 type veth peer name far1
for name in lo eth0 eth1; do ip link set $name up; done
ip addr add 192.168.0.100/24 dev eth0
mount -t tmpfs none /run
exec /usr/sbin/keepalived -t -f "$1"
"""


def verdict(path):
    command = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=20, text=True, check=False)
    said = [line.replace(str(path), "{FILE}") for line in done.stderr.split("\n") if line]
    return {"text": path.read_text(), "status": done.returncode, "said": said}


def main():
    found = {f"{path.parent.parent.name}/{path.stem}": verdict(path) for path in sorted(HERE.glob("*/made/*.conf"))}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    target = HERE / "verdicts.json"
    if "--check" in sys.argv[1:]:
        if target.read_text() != text:
            sys.exit("verdicts.json is not what keepalived says")
    else:
        target.write_text(text)


if __name__ == "__main__":
    main()
