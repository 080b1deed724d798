"""All tests: several runs of pytest, one summary, one status. `python -m tests.run [all|real|sum]`.

A skipped test counts as failed (see conftest.py), and so does a run that finds none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "tests"
MANY = ("-n", "auto", "--maxprocesses", "8", "-m", "not browser and not real")
NO_DATABASE = ("conventions", "jobs", "test_front.py", "test_pdf.py", "test_signing.py")
"""What is the same on every database, or says itself on which it runs."""
RUNS = {
    "sqlite": MANY,
    "postgresql": (*MANY, "--database", "postgresql", *(f"--ignore=tests/{name}" for name in NO_DATABASE)),
    "browser": ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "-m", "browser"),
    "real": ("-m", "real"),
}


def run(name: str) -> None:
    """Run pytest once; its counts and its status stay in build/tests."""
    print(f"\n== {name}: pytest {' '.join(RUNS[name])}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-rfE", f"--junit-xml={RESULTS / name}.xml", *RUNS[name]]
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False).returncode
    (RESULTS / f"{name}.status").write_text(str(status))


def summary() -> int:
    """Print the sum of all runs as pytest would; return the worst status."""
    counts: Counter[str] = Counter()
    seconds, worst = 0.0, 0
    for status in sorted(RESULTS.glob("*.status")):
        worst = max(worst, int(status.read_text()))
        report = status.with_suffix(".xml")
        for suite in ElementTree.parse(report).getroot().iter("testsuite") if report.exists() else ():
            bad = {key: int(suite.get(attribute, 0)) for key, attribute in
                   (("failed", "failures"), ("errors", "errors"), ("skipped", "skipped"))}  # fmt: skip
            counts.update(bad, passed=int(suite.get("tests", 0)) - sum(bad.values()))
            seconds += float(suite.get("time", 0))
    if not counts["passed"]:
        worst = worst or 5
    told = [f"{counts[key]} {key}" for key in ("failed", "passed", "skipped", "errors") if counts[key]]
    print(f" {', '.join(told) or 'no tests ran'} in {seconds:.2f}s ".center(80, "="), flush=True)
    return worst


def main(what: str) -> int:
    """Run what is asked for; `sum` only adds up what ran before."""
    if what == "all":
        shutil.rmtree(RESULTS, ignore_errors=True)
    for name in {"all": ("sqlite", "postgresql", "browser"), "real": ("real",), "sum": ()}[what]:
        run(name)
    return summary()


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["all"])))
