#!/usr/bin/env python3
"""Records what keepalived says of the configurations in cases.txt and of the documents' files: exit status and messages.

Run it as root with Debian 12's keepalived 2.2.7 installed; it takes about a minute. Each case is read in a network namespace
of its own with the interfaces lo, eth0 and eth1, once by all parts of the program and once by the part that does VRRP alone
(`-P`). There must be no user keepalived_script.

    python3 record.py            writes verdicts.json anew
    python3 record.py --check    fails when verdicts.json is not what the program says
"""

import json
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "documents" / "keepalived"
PROGRAM = "/usr/sbin/keepalived"
NAMESPACE = """
ip link add eth0 type veth peer name far0 && ip link add eth1 type veth peer name far1
for name in lo eth0 eth1; do ip link set $name up; done
ip addr add 192.168.7.1/24 dev eth0
mount -t tmpfs none /run
cd "$1" && shift && exec "$@"
"""


def cases():
    """Name and files of each case; the first file is the one that is read."""
    for part in (HERE / "cases.txt").read_text().split("\n=== ")[1:]:
        name, _, text = part.partition("\n")
        files = {}
        current = "k.conf"
        for line in text.split("\n"):
            if line.startswith("--- "):
                current = line[4:].strip()
            else:
                files.setdefault(current, []).append(line)
        yield name.strip(), {name: "\n".join(lines).strip("\n") + "\n" for name, lines in files.items()}
    for path in sorted(DOCUMENTS.glob("*.conf")):
        yield f"document {path.name}", {"k.conf": path.read_text()}


def run(files, arguments):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="verdict"))
    try:
        for name, text in files.items():
            (folder / name).write_text(text)
        command = [PROGRAM, "-t", "-f", "k.conf", *arguments]
        shell = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", str(folder), *command]
        done = subprocess.run(
            shell, capture_output=True, timeout=20, start_new_session=True, text=True, errors="replace", check=False
        )
        return done.returncode, [line for line in done.stderr.replace(str(folder), "{DIR}").split("\n") if line]
    finally:
        shutil.rmtree(folder)


def main():
    if any(user.pw_name == "keepalived_script" for user in pwd.getpwall()):
        sys.exit("there is a user keepalived_script, which changes what is said of scripts")
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stderr.split("\n")[0]
    out = {"program": version, "cases": []}
    for name, files in cases():
        status, said = run(files, [])
        _, vrrp = run(files, ["-P"])
        out["cases"].append({"name": name, "status": status, "files": files, "said": vrrp})
        if status < 0 or status > 6:
            sys.exit(f"{name}: keepalived ended with {status}: {said}")
    text = json.dumps(out, indent=1, ensure_ascii=False) + "\n"
    target = HERE / "verdicts.json"
    if "--check" in sys.argv[1:]:
        if target.read_text() != text:
            sys.exit("verdicts.json is not what keepalived says")
    else:
        target.write_text(text)
    print(f"{len(out['cases'])} cases, {version}")


main()
