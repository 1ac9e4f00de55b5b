"""CPU seconds from /proc: of the processes that a system started, and of its share of PostgreSQL and Redis.

PostgreSQL is shared by the machine. Counted are the backends of the system's own database, those that have
ended too (the postmaster adds them up), without those of other databases, which a sampler follows by title.
Writers in the background cannot be told apart and are left out, for every system alike.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import redis

TICK = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.2
_BACKEND = re.compile(rb"^postgres: (?:\S+: )?\S+ (\S+) (?:\[local\]|\S+\(\d+\))")
_BACKGROUND = (b"checkpointer", b"background writer", b"walwriter", b"launcher", b"archiver", b"logger")


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: state, parent, group, session; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").strip()
    except OSError:
        return b""


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def of_sessions(sessions: set[int]) -> float:
    """CPU seconds of every process in these sessions, with children that have ended."""
    found = (_stat(pid) for pid in _pids())
    return sum(sum(map(int, stat[11:15])) for stat in found if stat and int(stat[3]) in sessions) / TICK


def of_redis(url: str) -> float:
    """CPU seconds of the Redis server so far."""
    with redis.Redis.from_url(url) as client:
        seen = client.info("cpu")
    return float(seen["used_cpu_user"]) + float(seen["used_cpu_sys"])


def _children(parent: int) -> list[int]:
    """Processes that this one started."""
    return [pid for pid in _pids() if _stat(pid)[1:2] == [str(parent)]]


def _glimpse(parent: int) -> list[int]:
    """The same, cheap enough for a sampler beside the load; the kernel may leave one out while another ends."""
    try:
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return _children(parent)


class Postgres:
    """CPU of one database's backends. Use as a context: the sampler runs inside."""

    def __init__(self, database: str) -> None:
        self.database = database.encode()
        self.postmaster = _postmaster()
        self._foreign: dict[int, int] = {}
        self._stopping = threading.Event()
        self._sampler = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Postgres:
        self._total(_children(self.postmaster))
        self._sampler.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stopping.set()
        self._sampler.join()

    def seconds(self) -> float:
        """So far, since an arbitrary beginning; only differences mean something."""
        return self._total(_children(self.postmaster)) / TICK

    def _follow(self) -> None:
        while not self._stopping.wait(SAMPLE_SECONDS):
            self._total(_glimpse(self.postmaster))

    def _total(self, backends: list[int]) -> int:
        ours = sum(map(int, _stat(self.postmaster)[11:15]))
        for pid in backends:
            stat = _stat(pid)
            if stat:
                ours += self._own(pid, sum(map(int, stat[11:13])))
        return ours - sum(self._foreign.values())

    def _own(self, pid: int, ticks: int) -> int:
        """What a live child of the postmaster adds; one of another database is taken off again."""
        title = _title(pid)
        backend = _BACKEND.match(title)
        if backend and backend[1] != self.database:
            self._foreign[pid] = ticks
        return 0 if any(name in title for name in _BACKGROUND) else ticks


def _postmaster() -> int:
    """The server that keeps others as its children; there is one in the setups that this runs on."""
    for pid in _pids():
        parent = _stat(pid)[1:2]
        if _title(pid).startswith(b"postgres: ") and parent:
            return int(parent[0])
    raise ProcessLookupError("PostgreSQL runs on another machine: its CPU cannot be read here.")
