#!/usr/bin/env python3
"""Records what keepalived says of the configurations in cases.txt and of the documents' files: exit status and messages.

Run it as root with Debian 12's keepalived 2.2.7 installed; it takes about a minute. Each case is read in a network namespace
of its own with the interfaces lo, eth0 and eth1, once by all parts of the program and once by the part that does VRRP alone
(`-P`). There must be no user keepalived_script.

The lines of lvs.txt, which are about virtual and real servers, are read by all parts of the program in one such namespace.
Where it dies of a signal, as it does of a few lines, there is no status in the record.

    python3 record.py            writes verdicts.json and lvs.json anew
    python3 record.py lvs        writes lvs.json alone
    python3 record.py --check    fails when they are not what the program says
"""

import concurrent.futures
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


def lvs_cases():
    """Family, line and text of each line of lvs.txt."""
    for part in (HERE / "lvs.txt").read_text().split("\n=== ")[1:]:
        name, _, rest = part.partition("\n")
        template, _, lines = rest.partition("\n---\n")
        for line in lines.strip("\n").split("\n"):
            yield name.strip(), line, template.replace("%", line.replace("\\n", "\n")) + "\n"


def lvs_one(case):
    """What is said of one line, in the namespace that this process is in already."""
    number, (name, line, text) = case
    path = pathlib.Path(f"{number}.conf")
    path.write_text(text)
    done = subprocess.run([PROGRAM, "-t", "-f", str(path)], capture_output=True, timeout=20, check=False)
    said = done.stderr.decode(errors="replace").replace(f"{number}.conf", "k.conf").split("\n")
    status = done.returncode if done.returncode >= 0 else None
    path.unlink()
    return {"family": name, "line": line, "status": status, "said": list(dict.fromkeys(filter(None, said)))}


def lvs_inside():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(json.dumps(list(pool.map(lvs_one, enumerate(lvs_cases())))))


def lvs(version):
    """The record of lvs.txt; one line of text for each line of it."""
    with tempfile.TemporaryDirectory(prefix="verdict") as folder:
        command = [sys.executable, str(HERE / "record.py"), "inside"]
        shell = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", folder, *command]
        done = subprocess.run(shell, capture_output=True, timeout=900, start_new_session=True, text=True, check=True)
    rows = json.loads(done.stdout)
    print(f"{len(rows)} lines of the LVS part, {version}")
    shown = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"program": {json.dumps(version)}, "lines": [\n{shown}\n]}}\n'


def write(name, text):
    target = HERE / name
    if "--check" not in sys.argv[1:]:
        target.write_text(text)
    elif target.read_text() != text:
        sys.exit(f"{name} is not what keepalived says")


def main():
    if "inside" in sys.argv[1:]:
        return lvs_inside()
    if any(user.pw_name == "keepalived_script" for user in pwd.getpwall()):
        sys.exit("there is a user keepalived_script, which changes what is said of scripts")
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stderr.split("\n")[0]
    write("lvs.json", lvs(version))
    if "lvs" in sys.argv[1:]:
        return None
    out = {"program": version, "cases": []}
    for name, files in cases():
        status, said = run(files, [])
        _, vrrp = run(files, ["-P"])
        out["cases"].append({"name": name, "status": status, "files": files, "said": vrrp})
        if status < 0 or status > 6:
            sys.exit(f"{name}: keepalived ended with {status}: {said}")
    write("verdicts.json", json.dumps(out, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(out['cases'])} cases, {version}")
    return None


main()
