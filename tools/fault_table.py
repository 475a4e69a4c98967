"""Prints the table of faults for docs/understand/faults.md: each fault, its tests, and whether they passed.

Use: python tools/fault_table.py [REPORT.xml ...]

Without a report of pytest (``--junitxml``), it runs ``tests/faults`` first, the slow sweeps too: about an hour. Of a test that
stands in several reports the last one counts.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree  # our own pytest wrote it

repository = Path(__file__).resolve().parents[1]

FAULTS = {
    "F01": "a worker is killed", "F02": "the main process is killed", "F03": "killed at any system call that changes the disk",
    "F04": "power lost: what was not synced may be gone", "F05": "disk full at the start, in the middle, at the end",
    "F06": "files may not grow beyond a limit", "F07": "folder or disk for reading only", "F08": "a sync or a read fails",
    "F09": "a file is cut at any length", "F10": "a bit is flipped in any kind of file",
    "F11": "files lost, added, renamed, swapped", "F12": "several programs on one folder",
    "F13": "stale lock: owner dead, number used again, other host or container", "F14": "study, code or catalogue changed",
    "F15": "taken up in another order, with other workers", "F16": "taken up twice, or when finished",
    "F17": "too big for the machine", "F18": "a worker runs out of memory", "F19": "a worker hangs", "F20": "a patient fails",
    "F21": "Ctrl-C once, twice; SIGTERM, SIGHUP", "F22": "clock jumps, time zones", "F23": "languages, terminals with ASCII only",
    "F24": "nobody reads what is said", "F25": "few files or processes may be open", "F26": "temporary folder missing or full",
    "F27": "a worker loses the network", "F28": "the scheduler dies and comes back", "F29": "results twice, or out of order",
    "F30": "a worker of another version", "F31": "a worker sends wrong bytes", "F32": "memory and open files of a long run",
    "F33": "fork, spawn, forkserver", "F34": "compiled kernels damaged, home not writable", "F35": "other processors",
    "F36": "a run of an older format", "F37": "a crafted folder or archive leads outside",
}  # fmt: skip


def outcomes(report: Path) -> dict[str, str]:
    """Return the outcome of each test in a report of pytest, by its file and name."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found[f"{case.get('classname')}::{case.get('name')}"] = outcome
    return found


def by_fault(tests: dict[str, str]) -> dict[str, list[str]]:
    """Return the outcomes of the tests of each fault; ``test_f27_f28_...`` is one of two faults."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, outcome in tests.items():
        for number in re.findall(r"_(f\d\d)(?=_)", name.partition("::test")[2]):
            found[number.upper()].append(outcome)
    return found


def table(found: dict[str, list[str]]) -> str:
    """Return the table as Markdown."""
    lines = ["| fault | what happens | tests | outcome |", "|---|---|---|---|"]
    for number, what in FAULTS.items():
        tests = found.get(number, [])
        passed, failed = tests.count("passed"), tests.count("failed")
        outcome = "no test" if not tests else "fail" if failed else "pass" if passed else "skipped"
        lines.append(f"| {number} | {what} | {len(tests)} | {outcome} |")
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 if a fault is not stood."""
    reports = [Path(name) for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        if not reports:
            reports = [Path(folder) / "report.xml"]
            command = [sys.executable, "-m", "pytest", "-q", "tests/faults", f"--junitxml={reports[0]}"]
            subprocess.run(command, cwd=repository, check=False, stdout=sys.stderr)
        tests: dict[str, str] = {}
        for report in reports:
            tests |= outcomes(report)
    sys.stdout.write(table(by_fault(tests)) + "\n")
    return int("failed" in tests.values())


if __name__ == "__main__":
    sys.exit(main())
