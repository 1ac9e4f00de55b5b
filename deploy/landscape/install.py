"""Install Tryton and Roundup, each in its own environment, and make the templates that every run starts from.

``install.py`` does nothing where it has been done; ``--again`` makes the templates anew.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess

import roundup
import seed
import tryton
from layout import HERE, LANDSCAPE, POSTGRESQL, TEMPLATES, Home, is_installed
from processes import free_port, stop
from progress import Progress


def install() -> None:
    """Whatever ends this halfway leaves no mark of completion, so that the next run starts over."""
    shutil.rmtree(TEMPLATES, ignore_errors=True)
    TEMPLATES.mkdir(parents=True)
    home, progress = Home(TEMPLATES), Progress(6)
    with (LANDSCAPE / "install.log").open("w", encoding="utf-8") as log:
        with progress.step("Tryton 8.2: environment (about 30 s)"):
            tryton.make_environment(log)
        with progress.step("Roundup 2.6: environment (about 15 s)"):
            roundup.make_environment(log)
        with progress.step("Tryton: an empty database with its modules (about 40 s)"):
            tryton.initialise(home, log)
        with progress.step("Tryton: company, suppliers, products, lots, controls, users"):
            _seed(home)
        with progress.step("Roundup: a tracker with our fields"):
            roundup.initialise(home, log)
    with progress.step("The templates are complete"):
        (TEMPLATES / "complete").write_text(fingerprint(), encoding="utf-8")


def fingerprint() -> str:
    """Changes with anything that the templates were made of."""
    parts = sorted(path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    made_of = [path for path in parts if path.suffix in (".txt", ".xml", ".html") or path.parent != HERE]
    made_of += [HERE / "seed.py", HERE / "tryton.py", HERE / "roundup.py"]
    content = b"".join(path.read_bytes() for path in made_of) + POSTGRESQL.encode()
    return hashlib.sha256(content).hexdigest()


def _seed(home: Home) -> None:
    try:
        seed.seed(tryton.serve(home, free_port()), home.database)
    finally:
        stop(home, tryton.SERVER)


def is_current() -> bool:
    return is_installed() and (TEMPLATES / "complete").read_text(encoding="utf-8") == fingerprint()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="make the templates anew")
    if parser.parse_args().again or not is_current():
        try:
            install()
        except subprocess.CalledProcessError:
            raise SystemExit(f"\nThe last step failed: see {LANDSCAPE / 'install.log'}.") from None
    else:
        print("The landscape is installed.")
