"""``make run`` and ``make new``: migrate, load the demonstration or nothing, serve until Ctrl-C.

Runs in the made environment. A new hub keeps everything under ``.run/new``, apart from the demonstration.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from terminal import Terminal, die_with_parent

ROOT = Path(__file__).resolve().parents[2]
MIGRATE = ["manage.py", "migrate", "--verbosity", "0"]
DAYS = "3"  # that the demonstration seems to have run
SEAL_KEY = ["manage.py", "seal_key", "--if-missing", "--verbosity", "0"]
STEPS = {
    "demonstration": (MIGRATE, SEAL_KEY, ["manage.py", "demo", "--days", DAYS]),
    "new": (MIGRATE, SEAL_KEY, ["manage.py", "person", "first"]),
}
STOP_SECONDS = 20.0
STOPPED = "Stopped; what it holds is kept in .run and is there at the next start."


def main() -> int:
    wanted = os.environ.get("PORT") or "8000"
    if not (wanted.isdecimal() and 0 < int(wanted) < 65536):
        return refuse(f"PORT is {wanted!r}; it takes a number from 1 to 65535, as in: make run PORT=8010")
    port = int(wanted)
    if why := unusable(port):
        return refuse(f"Port {port} {why}. Choose another one, as in: make run PORT=8010")
    chosen = {"HUB_NETWORK_ALLOWED": "127.0.0.0/8", "HUB_LOG_LEVEL": "WARNING", "HUB_INSTANCE": str(port)}
    environment = {**chosen, **os.environ, "PORT": str(port)}
    if sys.argv[1:] == ["new"]:
        environment.setdefault("HUB_HOME", ".run/new")
    else:
        environment.setdefault("HUB_SITE_ZONE", "Europe/Zurich")  # where its company is
    with Terminal() as terminal:
        for step in STEPS[sys.argv[1] if sys.argv[1:] else "demonstration"]:
            code = follow(step, environment, terminal)
            if code or terminal.is_interrupted:
                return code
        return follow(serving(port), environment, terminal, announcing(port))


def refuse(sentence: str) -> int:
    print(sentence)
    return 1


def unusable(port: int) -> str:
    """Why nothing can be served there; empty where something can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return "is kept for the administrator of this machine"
        except OSError:
            return "is taken by another program"
    return ""


def serving(port: int) -> list[str]:
    return [
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "8", "--respawn-failed-workers", "--no-ws"),
        *("--workers-kill-timeout", "15"),  # a second signal while it stops can hang the server's worker
        *("--log-level", "error", "hub.wsgi:application"),
    ]


def announcing(port: int) -> Callable[[], bool]:
    """Says the address once, as soon as the hub answers there."""

    def announce() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1) as answer:
                is_alive = answer.status == 200
        except OSError:
            return False
        if is_alive:
            print(f"\nInterlock is ready at http://127.0.0.1:{port}   (Ctrl-C stops it)", flush=True)
        return is_alive

    return announce


def follow(
    arguments: list[str], environment: dict[str, str], terminal: Terminal, announce: Callable[[], bool] = lambda: True
) -> int:
    """Run one program to its end, or to ours: Ctrl-C reaches it through us, once."""
    program = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, start_new_session=True, preexec_fn=die_with_parent
    )
    is_announced = False
    while program.poll() is None and not terminal.is_interrupted:
        is_announced = is_announced or announce()
        time.sleep(0.1)
    return stop(program) if terminal.is_interrupted else program.returncode


def stop(program: subprocess.Popen) -> int:
    print("\nStopping …", flush=True)
    program.terminate()
    try:
        program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    print(STOPPED, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
