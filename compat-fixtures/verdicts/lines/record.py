#!/usr/bin/env python3
"""Records what haproxy says of single lines: for each FAMILY.txt beside this file, FAMILY.json with the exit status of
`haproxy -c` and its messages.

A family is a text of blocks. A block begins with a line `@@`, then a configuration in which `{}` stands for the line in
question; `@` ends it, and each line behind it is a case, taken as it is (`\\n` in it begins a new line). Empty lines and
lines that begin with `##` say nothing. `@file NAME` begins a file that all cases of the family find in their folder; `@` ends
it.

    python3 record.py [FAMILY ...]     writes FAMILY.json anew
    python3 record.py --check          fails where a record is not what the program says
    python3 record.py --check --each 4 asks for each fourth line of a family alone

    --program PATH                     asks that haproxy instead of Debian's 2.6
    --folder FOLDER                    has the families of that folder instead of those beside this file

The folder `../lines-3.2` is recorded with Debian's haproxy 3.2, which most machines do not have: its record is made anew, and
checked, only where that version is installed, with `--program PATH --folder ../lines-3.2`.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PLACE = re.compile(r"^\[(ALERT|WARNING|NOTICE|DIAG)\] *\(\d+\) : (.*)$")
LINE = re.compile(r"^(?:config : )?(?:[Pp]arsin[ge] )?\[t\.cfg:(\d+)\] ?: ?(.*)$", re.S)
SUMMARY = ("Error(s) found in configuration file", "Fatal errors found in configuration", "haproxy version is", "path to executable is")


def family(path):
    """The files of a family, and template and line of each of its cases."""
    files, cases, template, into = {}, [], None, None
    for line in path.read_text().split("\n"):
        if line == "@@":
            into, template = [], None
        elif line.startswith("@file "):
            into = files.setdefault(line[6:], [])
        elif line == "@":
            if template is None and into is not None and not any(into is text for text in files.values()):
                template = "\n".join(into) + "\n"
            into = None
        elif into is not None:
            into.append(line)
        elif line and not line.startswith("##"):
            cases.append((template, line))
    return {name: "\n".join(text) + "\n" for name, text in files.items()}, cases


def said(output):
    """Severity, line (0 for none) and text of each message that is not a summary."""
    messages = []
    for line in output.split("\n"):
        found = PLACE.match(line)
        if found:
            messages.append([found.group(1), found.group(2)])
        elif messages and line:
            messages[-1][1] += "\n" + line
    out = []
    for severity, text in messages:
        if any(mark in text for mark in SUMMARY):
            continue
        place = LINE.match(text)
        text = place.group(2) if place else text.removeprefix("config : ")
        out.append([severity.lower(), int(place.group(1)) if place else 0, text.strip()])
    return out


def prepare(program, files):
    """What a worker does once: makes its folder, with the family's files."""
    global PROGRAM, FOLDER
    PROGRAM, FOLDER = program, tempfile.TemporaryDirectory(prefix="lines-")
    for name, text in files.items():
        path = pathlib.Path(FOLDER.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def judge(case):
    template, line = case
    with open(os.path.join(FOLDER.name, "t.cfg"), "w", encoding="utf-8") as file:
        file.write(template.replace("{}", line.replace("\\n", "\n")))
    try:
        done = subprocess.run(
            [PROGRAM, "-c", "-f", "t.cfg"],
            cwd=FOLDER.name,
            env={"PATH": "/usr/bin:/usr/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=20,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no answer: {line}") from None
    return {"line": line, "status": done.returncode, "said": said(done.stderr.decode("utf-8", "replace"))}


def judged(program, files, cases):
    # Processes, as threads of Python would wait for each other.
    workers = os.cpu_count() or 2
    with concurrent.futures.ProcessPoolExecutor(workers, initializer=prepare, initargs=(program, files)) as pool:
        return list(pool.map(judge, cases, chunksize=16))


def record(program, path):
    """The text of a family's record."""
    files, cases = family(path)
    templates = list(dict.fromkeys(template for template, _ in cases))
    blocks = [{"template": template, "cases": []} for template in templates]
    for (template, _), case in zip(cases, judged(program, files, cases)):
        blocks[templates.index(template)]["cases"].append(case)
    lines = [json.dumps(files, ensure_ascii=False)]
    for block in blocks:
        rows = ",\n".join("   " + json.dumps(case, ensure_ascii=False) for case in block["cases"])
        lines.append(f'  {{"template": {json.dumps(block["template"], ensure_ascii=False)}, "cases": [\n{rows}\n  ]}}')
    return '{"files": ' + lines[0] + ', "blocks": [\n' + ",\n".join(lines[1:]) + "\n]}\n"


def holds(program, path, each):
    """Whether the record has the family's lines and what the program says of each of so many."""
    files, cases = family(path)
    if not path.with_suffix(".json").exists():
        return False
    recorded = json.loads(path.with_suffix(".json").read_text())
    said_of = {
        (block["template"], case["line"]): case for block in recorded["blocks"] for case in block["cases"]
    }
    if recorded["files"] != files or [said_of.get(case, {}).get("line") for case in cases] != [line for _, line in cases]:
        return False
    if sum(len(block["cases"]) for block in recorded["blocks"]) != len(cases):
        return False
    asked = cases[::each]
    return judged(program, files, asked) == [said_of[case] for case in asked]


def main():
    asked = argparse.ArgumentParser(description="Records what haproxy says of single lines.")
    asked.add_argument("families", nargs="*", metavar="FAMILY")
    asked.add_argument("--check", action="store_true", help="fail where a record is not what the program says")
    asked.add_argument("--each", type=int, default=1, metavar="N", help="check each Nth line of a family alone")
    asked.add_argument("--program", default="/usr/sbin/haproxy", help="the haproxy that is asked")
    asked.add_argument(
        "--folder",
        type=pathlib.Path,
        default=pathlib.Path(__file__).resolve().parent,
        help="where the families are; ../lines-3.2 is for haproxy 3.2, and checked only where that is installed",
    )
    asked = asked.parse_args()
    wrong = []
    for path in sorted(asked.folder.glob("*.txt")):
        if asked.families and path.stem not in asked.families:
            continue
        target = path.with_suffix(".json")
        if not asked.check:
            target.write_text(record(asked.program, path))
        elif not holds(asked.program, path, asked.each):
            wrong.append(target.name)
    if wrong:
        sys.exit(f"no longer what haproxy says: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
