"""Make the environment from pinned requirements; nothing where it is made already. Standard library only."""

from __future__ import annotations

import compileall
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

CONSTRAINTS = "constraints.txt"
REQUIREMENTS = ("requirements.txt", "requirements-telemetry.txt", "requirements-kafka.txt")  # what the others include


def main(folder: str, requirements: str, stamp: str) -> int:
    environment = Path(folder)
    wanted = fingerprint(requirements)
    mark = Path(stamp)
    if mark.exists() and mark.read_text(encoding="ascii") == wanted:
        mark.touch()
        return 0
    if not has_pip(environment) and not make(environment):
        return 1
    print(f"Installing {requirements}, about a minute the first time …", flush=True)
    if not install(environment, requirements):
        return 1
    print("Compiling …", flush=True)
    compile_all(environment)
    mark.write_text(wanted, encoding="ascii")
    return 0


def has_pip(environment: Path) -> bool:
    """False also for one whose making was interrupted, or whose Python is gone."""
    python = environment / "bin" / "python"
    try:
        return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make(environment: Path) -> bool:
    print(f"Making an environment in {environment} with Python {sys.version.split()[0]} …", flush=True)
    try:
        venv.create(environment, with_pip=True, symlinks=True, clear=True)
    except subprocess.CalledProcessError:
        print("This Python cannot make environments: its pip is missing. On Debian: apt-get install python3-venv")
        return False
    return True


def fingerprint(requirements: str) -> str:
    files = sorted({requirements, *REQUIREMENTS, CONSTRAINTS})
    return hashlib.sha256(b"".join(Path(name).read_bytes() for name in files)).hexdigest()


def install(environment: Path, requirements: str) -> bool:
    command = [
        str(environment / "bin" / "python"),
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--progress-bar", "off"),
        *("-r", requirements, "-c", CONSTRAINTS),
    ]
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stderr)
        print(f"The packages of {requirements} could not be installed; the lines above say why.")
    return done.returncode == 0


def compile_all(environment: Path) -> None:
    """Once now, instead of in every process of a machine that writes no bytecode."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for packages in environment.glob("lib/python*/site-packages"):
        compileall.compile_dir(packages, quiet=2, workers=0)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:4]))
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next start goes on from here.")
