"""Tryton in the landscape: its environment, its database as a template, its server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from layout import (
    HERE,
    POSTGRESQL,
    TEMPLATES,
    TRYTON_ENV,
    Home,
    password,
    password_file,
)
from processes import start

SERVER = "tryton"
CONFIGURATION = """\
[database]
uri = {uri}
path = {folder}
list = False

[web]
listen = 127.0.0.1:{port}

[session]
timeout = 3600
"""


def make_environment(log) -> None:
    """The virtual environment with exactly the pinned packages, and our module among Tryton's."""
    if not (TRYTON_ENV / "bin" / "trytond").exists():
        subprocess.run([sys.executable, "-m", "venv", TRYTON_ENV], check=True)
    pip = [TRYTON_ENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input"]
    subprocess.run([*pip, "-r", HERE / "requirements-tryton.txt"], check=True, stdout=log, stderr=log)
    found = subprocess.run(
        [TRYTON_ENV / "bin" / "python", "-c", "import trytond.modules as m; print(m.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    )
    module = Path(found.stdout.strip()) / "interlock"
    shutil.rmtree(module, ignore_errors=True)
    shutil.copytree(HERE / "tryton_module", module, ignore=shutil.ignore_patterns("__pycache__"))


def initialise(home: Home, log) -> None:
    """An empty database with all modules of the landscape."""
    home.tryton.mkdir(parents=True)
    if POSTGRESQL:
        _postgresql(home.database)
    else:
        (home.tryton / f"{home.database}.sqlite").touch()  # Tryton wants the file to exist beforehand
    configuration = configure(home, port=0)
    password("tryton-admin")
    command = [TRYTON_ENV / "bin" / "trytond-admin", "-c", configuration, "-d", home.database]
    subprocess.run(
        [*command, "-u", "interlock", "--activate-dependencies", "--email", "admin@landscape.example"],
        check=True,
        env={**os.environ, "TRYTONPASSFILE": str(password_file("tryton-admin"))},
        stdout=log,
        stderr=log,
    )


def configure(home: Home, *, port: int) -> str:
    path = home.tryton / "trytond.conf"
    path.write_text(
        CONFIGURATION.format(uri=POSTGRESQL or "sqlite://", folder=home.tryton, port=port), encoding="utf-8"
    )
    path.chmod(0o600)  # the address of a PostgreSQL server may hold a password
    return str(path)


def serve(home: Home, port: int) -> str:
    """Start the server; the address that it answers at."""
    configuration = configure(home, port=port)
    # Without -d the first log-in meets a pool that is not loaded yet, and fails.
    command = [TRYTON_ENV / "bin" / "trytond", "-c", configuration, "-d", home.database]
    start(home, SERVER, command, port=port)
    return f"http://127.0.0.1:{port}"


def fresh(home: Home) -> None:
    """The seeded template, copied."""
    shutil.copytree(TEMPLATES / "tryton", home.tryton)
    if POSTGRESQL:
        _postgresql(home.database, Home(TEMPLATES).database)


def forget(home: Home) -> None:
    """What a home keeps outside of its folder."""
    if POSTGRESQL:
        _postgresql("--drop", home.database)


def _postgresql(*arguments: str) -> None:
    subprocess.run([TRYTON_ENV / "bin" / "python", HERE / "postgresql.py", *arguments], check=True)
