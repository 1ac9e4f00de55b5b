"""``make landscape``: Tryton, Roundup and a hub that connects them, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading

import roundup as roundup_server
import tryton as tryton_server
from install import install, is_current
from layout import LANDSCAPE, ROUNDUP_PORT, TRYTON_PORT, Home
from processes import stop
from start import start

from hub import Hub


def main() -> int:
    if not is_current():
        install()
    home = Home(LANDSCAPE / "home")
    hub = Hub(home, int(os.environ.get("PORT", "8000")))
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        state = start(home, tryton_port=TRYTON_PORT, roundup_port=ROUNDUP_PORT)
        hub.connect(state)
        hub.start()
        print(_addresses(hub, state), flush=True)
        stopping.wait()
    finally:
        for name in ("hub", tryton_server.SERVER, roundup_server.SERVER):
            stop(home, name)
    print("Stopped.")
    return 0


def _addresses(hub: Hub, state: dict) -> str:
    return f"""
Interlock  {hub.url}   olga (operator), quinn (quality approver); password as in the demonstration
Tryton     {state["tryton"]["url"]}   inspector, password in {state["tryton"]["inspector_password_file"]}
Roundup    {state["roundup"]["url"]}   dana, password in {state["roundup"]["person_password_file"]}

Open an alert:  {os.path.relpath(sys.executable)} deploy/landscape/inspect_lot.py 2001-26001
Ctrl-C stops all three; what they hold stays, deploy/landscape/reset.py throws it away."""


if __name__ == "__main__":
    sys.exit(main())
