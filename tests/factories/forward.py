"""A port that is closed until somebody opens it, and then leads to another: a server that comes up late."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class LatePort:
    """``port`` refuses connections until ``open``; afterwards all bytes pass both ways."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._passing: list[socket.socket] = []

    def open(self) -> None:
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up; what still passes ends."""
        for one in (self._socket, *self._passing):
            with suppress(OSError):  # hung up already
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._socket.accept()
                far = socket.create_connection(self.target)
                self._passing += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(65_536):
                other.sendall(content)
            other.shutdown(socket.SHUT_WR)
