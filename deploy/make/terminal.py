"""Ctrl-C, a closed terminal and ``kill`` all mean: stop cleanly.

On a terminal, make would be interrupted together with the program that it started, and report a failure after a clean
end. So the program takes the terminal for itself while it runs, and gives it back.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Terminal:
    """``with Terminal() as terminal:`` until ``terminal.is_interrupted``."""

    def __init__(self) -> None:
        self.is_interrupted = False
        self._before: int | None = None

    def __enter__(self) -> Terminal:
        for number in STOPPING:
            signal.signal(number, self._interrupt)
        if self._is_in_front():
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # a program in the background may give the terminal away
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # nobody would be there to wake it
            self._before = os.getpgrp()
            os.setpgid(0, 0)
            os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            try:
                os.tcsetpgrp(sys.stdin.fileno(), self._before)
            except OSError:
                return  # the terminal was closed

    def _interrupt(self, *_: object) -> None:
        self.is_interrupted = True

    def _is_in_front(self) -> bool:
        """Whether another program, make, holds a terminal in front together with us."""
        try:
            return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp() != os.getpid()
        except (OSError, ValueError):
            return False


def die_with_parent() -> None:
    """Called in a started program before it runs: where we are killed, it does not stay behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
