#!/usr/bin/env python3
"""Records what haproxy says of single lines: for each FAMILY.txt beside this file, FAMILY.json with the exit status of
`haproxy -c` and its messages.

A family is a text of blocks. A block begins with a line `@@`, then a configuration in which `{}` stands for the line in
question; `@` ends it, and each line behind it is a case, taken as it is (`\\n` in it begins a new line). Empty lines and
lines that begin with `##` say nothing. `@file NAME` begins a file that all cases of the family find in their folder; `@` ends
it.

    python3 record.py [FAMILY ...]     writes FAMILY.json anew
    python3 record.py --check          fails where a record is not what the program says

    --program PATH                     asks that haproxy instead of Debian's 2.6
    --folder FOLDER                    has the families of that folder instead of those beside this file

The folder `../lines-3.2` is recorded with Debian's haproxy 3.2, which most machines do not have: its record is made anew, and
checked, only where that version is installed, with `--program PATH --folder ../lines-3.2`.
"""

import argparse
import concurrent.futures
import json
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


def judge(program, files, template, line):
    with tempfile.TemporaryDirectory(prefix="lines-") as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        text = template.replace("{}", line.replace("\\n", "\n"))
        pathlib.Path(folder, "t.cfg").write_text(text)
        try:
            done = subprocess.run(
                [program, "-c", "-f", "t.cfg"],
                cwd=folder,
                env={"PATH": "/usr/bin:/usr/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=20,
                check=False,
            )
        except subprocess.TimeoutExpired:
            sys.exit(f"no answer: {line}")
    return {"line": line, "status": done.returncode, "said": said(done.stderr.decode("utf-8", "replace"))}


def record(program, path):
    files, cases = family(path)
    templates = list(dict.fromkeys(template for template, _ in cases))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        judged = list(pool.map(lambda case: judge(program, files, *case), cases))
    blocks = [{"template": template, "cases": []} for template in templates]
    for (template, _), case in zip(cases, judged):
        blocks[templates.index(template)]["cases"].append(case)
    lines = [json.dumps(files, ensure_ascii=False)]
    for block in blocks:
        rows = ",\n".join("   " + json.dumps(case, ensure_ascii=False) for case in block["cases"])
        lines.append(f'  {{"template": {json.dumps(block["template"], ensure_ascii=False)}, "cases": [\n{rows}\n  ]}}')
    return '{"files": ' + lines[0] + ', "blocks": [\n' + ",\n".join(lines[1:]) + "\n]}\n"


def main():
    asked = argparse.ArgumentParser(description="Records what haproxy says of single lines.")
    asked.add_argument("families", nargs="*", metavar="FAMILY")
    asked.add_argument("--check", action="store_true", help="fail where a record is not what the program says")
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
        text, target = record(asked.program, path), path.with_suffix(".json")
        if not asked.check:
            target.write_text(text)
        elif not target.exists() or target.read_text() != text:
            wrong.append(target.name)
    if wrong:
        sys.exit(f"no longer what haproxy says: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
