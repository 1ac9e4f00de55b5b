"""Roundup in the landscape: its environment, its tracker as a template, its server."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

from layout import HERE, ROUNDUP_ENV, TEMPLATES, TRACKER, Home, password
from processes import start

SERVER = "roundup"
OURS = HERE / "roundup_tracker"
PRIORITY_ROW = '<tr>\n <th class="required" i18n:translate="">Priority</th>'


def make_environment(log) -> None:
    if not (ROUNDUP_ENV / "bin" / "roundup-server").exists():
        subprocess.run([sys.executable, "-m", "venv", ROUNDUP_ENV], check=True)
    pip = [ROUNDUP_ENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input"]
    subprocess.run([*pip, "-r", HERE / "requirements-roundup.txt"], check=True, stdout=log, stderr=log)


def initialise(home: Home, log) -> None:
    """A classic tracker with our fields, the rows that show them, and its users."""
    settings = {
        "tracker_name": "Quality tasks",
        "tracker_web": "http://127.0.0.1/quality/",
        "mail_domain": "landscape.example",
        "mail_host": "127.0.0.1",
        # Every request proves its password anew, which by default takes a third of a second; ours are random.
        "password_pbkdf2_default_rounds": "10000",
        "mail_debug": "mail.log",  # written to a file: the landscape sends no mail
    }
    pairs = ",".join(f"{name}={value}" for name, value in settings.items())
    admin = [ROUNDUP_ENV / "bin" / "roundup-admin", "-i", home.tracker]
    subprocess.run([*admin, "install", "classic", "sqlite", pairs], check=True, stdout=log, stderr=log)
    _add_ours(home.tracker)
    passwords = {name: password(f"roundup-{name}") for name in ("admin", "interlock", "dana")}
    command = [ROUNDUP_ENV / "bin" / "python", OURS / "initialise.py", home.tracker]
    subprocess.run(command, check=True, input=json.dumps(passwords), text=True, stdout=log, stderr=log)


def _add_ours(tracker: Path) -> None:
    with (tracker / "schema.py").open("a", encoding="utf-8") as schema:
        schema.write((OURS / "schema.py").read_text(encoding="utf-8"))
    shutil.copy(OURS / "interlock_key.py", tracker / "detectors")
    page = tracker / "html" / "issue.item.html"
    text = page.read_text(encoding="utf-8")
    if PRIORITY_ROW not in text:
        raise SystemExit("Roundup's issue page is not the one of the pinned version: its priority row is missing.")
    rows = (OURS / "issue_rows.html").read_text(encoding="utf-8")
    page.write_text(text.replace(PRIORITY_ROW, rows + PRIORITY_ROW, 1), encoding="utf-8")


def serve(home: Home, port: int, address: str = "") -> str:
    """Start the server; the tracker's address. Roundup compares the Referer of a write with its own address,
    which is ``address`` where a proxy stands before it."""
    url = address or direct_url(port)
    configuration = home.tracker / "config.ini"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(re.sub(r"(?m)^web = .*$", f"web = {url}/", text, count=1), encoding="utf-8")
    command = [ROUNDUP_ENV / "bin" / "roundup-server", "-p", str(port), "-n", "127.0.0.1"]
    start(home, SERVER, [*command, *_user(home), f"{TRACKER}={home.tracker}"], port=port)
    return url


def direct_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/{TRACKER}"


def _user(home: Home) -> list[str]:
    """Roundup will not run as root unless told as whom; ``nobody`` must be able to reach the files."""
    if os.getuid() != 0:
        return []
    if not all(folder.stat().st_mode & 0o001 for folder in (home.tracker, *home.tracker.parents)):
        return ["-u", "root"]
    nobody = pwd.getpwnam("nobody")
    for path in (home.tracker, *home.tracker.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return ["-u", "nobody"]


def fresh(home: Home) -> None:
    shutil.copytree(TEMPLATES / "tracker", home.tracker)
