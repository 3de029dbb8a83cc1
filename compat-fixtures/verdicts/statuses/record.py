#!/usr/bin/env python3
"""Records which lines of the families in ../lines another version of haproxy judges otherwise than 2.6: accepted instead of
refused, or the other way round.

    python3 record.py VERSION PROGRAM     writes VERSION.json

The file has, for each family, `BLOCK.CASE` (both from 0) and the exit status of `haproxy -c`; a negative one is a crash. What is not
in it is judged as FAMILY.json says.
"""

import concurrent.futures
import importlib.util
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
LINES = HERE.parent / "lines"
spec = importlib.util.spec_from_file_location("lines", LINES / "record.py")
lines = importlib.util.module_from_spec(spec)
spec.loader.exec_module(lines)


def differing(program, path):
    files, _ = lines.family(path)
    blocks = json.loads(path.with_suffix(".json").read_text())["blocks"]
    cases = [
        (f"{at}.{number}", block["template"], case)
        for at, block in enumerate(blocks)
        for number, case in enumerate(block["cases"])
    ]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        judged = pool.map(lambda one: lines.judge(program, files, one[1], one[2]["line"])["status"], cases)
        return {
            key: status
            for (key, _, case), status in zip(cases, judged)
            if status < 0 or case["status"] < 0 or (status == 1) != (case["status"] == 1)
        }


def main():
    version, program = sys.argv[1:]
    found = {path.stem: differing(program, path) for path in sorted(LINES.glob("*.txt"))}
    rows = [f"  {json.dumps(family)}: {json.dumps(cases)}" for family, cases in found.items() if cases]
    (HERE / f"{version}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
