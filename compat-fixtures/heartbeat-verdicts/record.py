#!/usr/bin/env python3
"""Records what heartbeat says of the files in cases.txt, of the lines in lines.txt (each in a ha.cf of its own) and of the documents' files: exit status, log lines, and, where it
starts, the settings that cl_status tells of.

Run it as root with Debian 12's heartbeat 3.0.6 and iproute2 installed; it takes some minutes. Each case runs in namespaces of its
own (network, mounts, host name, IPC, processes) with the interfaces lo, eth0 (192.168.0.100/24, fd00:1::1/64) and eth1 (10.1.1.1/24); the host is
called lb1 unless the case says otherwise. A daemon that starts is gone with its namespace as soon as its settings are known.

    python3 record.py            writes verdicts.json anew
    python3 record.py --check    fails when verdicts.json is not what the program says
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "documents" / "heartbeat"
PROGRAM = "/usr/libexec/heartbeat/heartbeat"
PARAMETERS = "keepalive deadtime warntime initdead deadping udpport auto_failback debug baud hopfudge".split()
# In the namespaces: the machine, then the program, then (if it started) its settings, waited for through its API.
MACHINE = """
set -e
hostname "$2"
mount --make-rprivate /
ip link set lo up
for n in 0 1; do ip link add eth$n type veth peer name far$n; ip link set far$n up; ip link set eth$n up; done
ip addr add 192.168.0.100/24 dev eth0; ip addr add 10.1.1.1/24 dev eth1
ip -6 addr add fd00:1::1/64 dev eth0 nodad
mount -t tmpfs none /run; mkdir -p /run/heartbeat/ccm /run/heartbeat/crm; chown hacluster:haclient /run/heartbeat/*
mount -t tmpfs none /var/lib/heartbeat; mkdir -p /var/lib/heartbeat/cores/root /var/lib/heartbeat/cores/hacluster /var/lib/heartbeat/pengine
mount -t tmpfs none /dev/shm; mount -t tmpfs none /var/log
mkdir /run/ha.d; cp -a /etc/ha.d/. /run/ha.d/; rm -f /run/ha.d/ha.cf /run/ha.d/haresources /run/ha.d/authkeys
cp "$1"/* /run/ha.d/ || true; chown root:root /run/ha.d/*; chmod 644 /run/ha.d/ha.cf 2>/dev/null || true; chmod "$3" /run/ha.d/authkeys || true
mount --bind /run/ha.d /etc/ha.d
set +e
%s >/run/out 2>&1 </dev/null
status=$?; echo "status=$status"
if [ $status = 0 ] && [ "$4" = alone ]; then
    for i in $(seq 100); do cl_status hbparameter -p keepalive >/run/answer 2>/dev/null && break; sleep 0.1; done
    for p in %s; do echo "parameter $p=$(cl_status hbparameter -p $p 2>/dev/null)"; done
    echo "nodes=$(cl_status listnodes 2>/dev/null | tr '\\n' ' ')"
fi
cat /run/out; for f in /var/log/*; do [ -f "$f" ] && { echo; echo "file $f"; cat "$f"; }; done
""" % (PROGRAM, " ".join(PARAMETERS))
NEEDED = "bcast eth1\nnode lb1\nauto_failback on\nlogfile /var/log/ha-log\n"
# Lines of the machine, not of the files.
OTHERS = ("Core dumps could be lost", "Consider setting", "G_main_add_", "Enabling logging daemon ", "AUTH: i=", "Heartbeat Hg Version", "debug: ")
PREFIX = re.compile(r"[A-Z][a-z]{2} [0-9 ]\d \d\d:\d\d:\d\d \S+ heartbeat: \[\d+\]: ")


def cases():
    """Name, files, host name and mode of authkeys of each case. What a case leaves out is what works."""
    for part in (HERE / "cases.txt").read_text().split("\n=== ")[1:]:
        title, _, text = part.partition("\n")
        name, _, options = title.partition(" @ ")
        options = dict(option.split("=") for option in options.split())
        files = {"authkeys": "auth 1\n1 crc\n", "haresources": "lb1 10.1.1.99\n"}
        current, found = "ha.cf", {}
        for line in text.split("\n"):
            if line.startswith("--- "):
                current = line[4:].strip()
                found[current] = []
            else:
                found.setdefault(current, []).append(line)
        files["ha.cf"] = ""
        for file, lines in found.items():
            text = "\n".join(lines).strip("\n")
            files[file] = text + "\n" if text else ""
        if "bare" not in options:
            files["ha.cf"] += NEEDED
        for file in options.get("without", "").split(","):
            files.pop(file, None)
        yield name.strip(), files, options.get("host", "lb1"), options.get("mode", "600")
    for line in (HERE / "lines.txt").read_text().split("\n"):
        if line:
            files = {"authkeys": "auth 1\n1 crc\n", "haresources": "lb1 10.1.1.99\n", "ha.cf": f"{line}\n{NEEDED}"}
            yield line, files, "lb1", "600"
    for folder in sorted(DOCUMENTS.glob("*")):
        files = {path.name: path.read_text() for path in sorted(folder.iterdir())}
        yield f"document {folder.name}", files, "lb2.example.com" if folder.name.endswith("lb2") else "lb1.example.com", "600"


def alone(files, host):
    """Whether no other node is waited for: the API answers only once all are there or dead."""
    words = [line.split("#")[0].split() for line in files.get("ha.cf", "").split("\n")]
    others = [word for line in words if line and line[0] in ("node", "ping", "ping6", "ping_group") for word in line[1:] if word != host]
    return "others" if others else "alone"


def run(files, host, mode):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="verdict"))
    try:
        for name, text in files.items():
            (folder / name).write_text(text)
        shell = ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]
        shell += ["bash", "-c", MACHINE, "bash", str(folder), host, mode, alone(files, host)]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run(shell, capture_output=True, timeout=60, text=True, errors="replace", check=False, env=environment)
    finally:
        shutil.rmtree(folder)
    out = {"status": None, "said": [], "parameters": {}, "nodes": []}
    text = PREFIX.sub("\n", done.stdout)
    # A line of authkeys is shown with its end.
    text = text.replace("\n]", "]")
    # Why a name has no address is the machine's matter.
    text = re.sub(r"(unknown host: \S+): .*", r"\1", text)
    # These are written without an end of line.
    text = re.sub(r"(setting must precede media statements|specified\.)", "\\1\n", text)
    in_file = False
    for line in text.split("\n"):
        if line.startswith("status="):
            out["status"] = int(line[7:])
        elif line.startswith("parameter "):
            key, _, value = line[10:].partition("=")
            out["parameters"][key] = value
        elif line.startswith("nodes="):
            out["nodes"] = sorted(line[6:].split())
        elif line.startswith("file /"):
            in_file = True
        elif line.startswith("info: heartbeat: version"):
            # From here on it tells of its life.
            break
        elif line.strip() and not any(other in line for other in OTHERS) and not (in_file and line.rstrip() in out["said"]):
            out["said"].append(line.rstrip())
    if out["status"] is None:
        sys.exit(f"the machine could not be made: {done.stdout}{done.stderr}")
    return out


def main():
    only = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    version = subprocess.run([PROGRAM, "-V"], capture_output=True, text=True, check=False).stdout.strip()
    out = {"program": f"heartbeat {version}", "cases": []}
    wanted = [case for case in cases() if not only or any(part in case[0] for part in only)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for (name, files, host, mode), found in zip(wanted, pool.map(lambda case: run(*case[1:]), wanted)):
            out["cases"].append({"name": name, "host": host, "mode": mode, "files": files} | found)
    if only:
        print(json.dumps(out, indent=1))
    if only:
        return
    text = json.dumps(out, indent=1, ensure_ascii=False) + "\n"
    target = HERE / "verdicts.json"
    if "--check" in sys.argv[1:]:
        if target.read_text() != text:
            sys.exit("verdicts.json is not what heartbeat says")
    else:
        target.write_text(text)


if __name__ == "__main__":
    main()
