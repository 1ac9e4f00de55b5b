"""Start a server apart from this process, know it by its pid file, wait until it answers, and end it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from layout import Home


class DidNotStart(SystemExit):
    """The server ended, or did not listen in time. The message names its log."""


def start(home: Home, name: str, command: Sequence[str | Path], *, port: int, wait: float = 60) -> None:
    """Start ``command`` in a session of its own and return once ``port`` accepts. Twice does no harm."""
    if running_pid(home, name):
        return
    if _listening(port):
        raise DidNotStart(f"Port {port}, wanted by {name}, is taken by another process.")
    home.logs.mkdir(parents=True, exist_ok=True)
    with (home.logs / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    home.pid_file(name).write_text(f"{process.pid} {_born(process.pid)}\n", encoding="utf-8")
    _wait_until_listening(home, name, process, port, wait)


def stop(home: Home, name: str, *, wait: float = 15) -> bool:
    """End the server and whatever it started. ``False`` where none was running."""
    pid = running_pid(home, name)
    if pid:
        _signal(pid, signal.SIGTERM)
        if not _gone(pid, wait):
            _signal(pid, signal.SIGKILL)
            _gone(pid, wait)
    home.pid_file(name).unlink(missing_ok=True)
    return bool(pid)


def running_pid(home: Home, name: str) -> int | None:
    """The server's process, or ``None``; a pid that was given to somebody else since does not count."""
    try:
        pid, born = home.pid_file(name).read_text(encoding="utf-8").split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if _born(int(pid)) == born else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_listening(home: Home, name: str, process: subprocess.Popen, port: int, wait: float) -> None:
    deadline = time.monotonic() + wait
    while not _listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(home, name)
            raise DidNotStart(f"{name} did not start on port {port}: see {home.logs / (name + '.log')}.")
        time.sleep(0.05)


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _born(pid: int) -> str:
    """When the process began, as the kernel counts: with the pid it names one process for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _signal(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, wait: float) -> bool:
    deadline = time.monotonic() + wait
    while _born(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
