"""``python -m tests``: finds the services, runs everything on SQLite, then what needs a database on PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parents[1]
COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
RESULTS = ROOT / ".test-output" / "results"  # `manage.py validation_pack` prints them
INTEGRATION = ROOT / "tests" / "integration"
LISTS = ("listing", "masking", "triage", "selectors", "search", "numbers")  # pages, but they ask the database hard
SECOND = (  # where it matters which database it is; the other pages are the same on both
    *(str(path) for path in sorted(INTEGRATION.glob("test_*.py"))),
    str(INTEGRATION / "accounts"),
    str(INTEGRATION / "guard"),
    str(INTEGRATION / "signing"),
    str(INTEGRATION / "trail"),
    *(str(INTEGRATION / "console" / f"test_{name}.py") for name in LISTS),
)


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_") or "TEST" in name}
    environment["PYTHONDONTWRITEBYTECODE"] = ""
    found = services.look()
    print(services.report(found), flush=True)
    total = {"passed": 0, "failed": 0, "skipped": 0}
    status = run("everything, on SQLite", ["tests"], environment, total)
    if found["PostgreSQL"]:
        services.prepare_roles()
        both = {
            "HUB_DATABASE_URL": services.postgres_url("hub_app"),
            "HUB_OWNER_DATABASE_URL": services.postgres_url("hub_owner"),
        }
        status |= run("the engine, on PostgreSQL as hub_app", list(SECOND), {**environment, **both}, total)
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return status


def run(what: str, paths: list[str], environment: dict[str, str], total: dict[str, int]) -> int:
    """One run of pytest with two workers; its closing counts are added up."""
    print(f"\n== {what}", flush=True)
    results = f"--junitxml={RESULTS / (what.replace(', ', '-').replace(' ', '-') + '.xml')}"
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", results, *paths, *sys.argv[1:]]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line if COUNTS.search(line) else last
    for number, word in COUNTS.findall(last):
        total["failed" if word.startswith("error") else word] += int(number)
    return 1 if process.wait() else 0


if __name__ == "__main__":
    sys.exit(main())
