"""``manage.py audit export``: a folder that an inspector takes away and verifies without us, with verify.py."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from governance.errors import Refused
from governance.fingerprint import fingerprint
from governance.guard.state import guard_state
from governance.ledger import verify
from governance.ledger.export import streams
from governance.ledger.export.moment import one_moment
from governance.ledger.head import newest
from governance.ledger.keys import public_keys
from governance.models import SealedCheckpoint

Progress = Callable[[str, int, int], None]  # what, how many of it are done, how many there are


def export(folder: Path, *, since: datetime | None = None, progress: Progress = lambda *_: None) -> SealedCheckpoint:
    """Write the bundle; the checkpoint that it ends with. Raises Refused where nothing is sealed, or a folder."""
    if folder.exists():
        raise Refused(f"{folder} is there already.", field="folder", value=str(folder), rule="a new folder")
    draft = folder.with_name(f".{folder.name}.partial")
    draft.mkdir(mode=0o700, parents=True)
    try:
        with one_moment():
            last = newest()
            if last is None:
                raise Refused("Nothing is sealed yet.", field="ledger", rule="a checkpoint")
            _write(draft, last, _start(since), progress)
        (draft / verify.SUMS).write_text(verify.sums_of(draft), encoding="ascii")
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return last


def _start(since: datetime | None) -> SealedCheckpoint | None:
    """The last checkpoint before that time: the bundle goes on from there."""
    return SealedCheckpoint.objects.filter(sealed_at__lte=since).order_by("-size").first() if since else None


def _write(folder: Path, last: SealedCheckpoint, start: SealedCheckpoint | None, progress: Progress) -> None:
    size, roots = (start.size, start.state["roots"]) if start else (0, [])
    touched = _Touched(is_all=start is None)
    _lines(folder / verify.CHECKPOINTS, (json.dumps(note).encode("ascii") for note in streams.notes(size)))
    entries = _told("ledger lines", streams.leaves(size), last.size - size, progress)
    _lines(folder / verify.LEAVES, touched.noting(entries))
    _lines(folder / verify.UNSEALED, touched.noting(streams.unsealed()))
    for name, what, rows in (
        (verify.HISTORY, "history rows", streams.history()),
        (verify.EVENTS, "audit events", streams.audit_events()),
        (verify.PRESENT, "rows", streams.present()),
    ):
        _lines(folder / name, map(verify.canonical, _told(what, touched.among(rows), 0, progress)))
    (folder / verify.KEYS).write_text(public_keys(), encoding="ascii")
    (folder / verify.LAST).write_text(last.note, encoding="ascii")
    shutil.copyfile(Path(verify.__file__), folder / verify.PROGRAM)
    about = {
        "format": verify.FORMAT,
        "origin": last.origin,
        "made_at": timezone.now().isoformat(),
        "build": fingerprint(),
        "guards": guard_state(),
    }
    manifest = {**about, "start": {"size": size, "roots": roots}, **streams.columns()}
    (folder / verify.MANIFEST).write_bytes(verify.canonical(manifest) + b"\n")


class _Touched:
    """The rows that the lines of a bundle are about; a whole bundle has all there are."""

    def __init__(self, *, is_all: bool) -> None:
        self.is_all, self.keys = is_all, set[tuple[str, str]]()

    def noting(self, leaves: Iterable[bytes]) -> Iterator[bytes]:
        for leaf in leaves:
            if not self.is_all:
                said = json.loads(leaf)
                self.keys.add((said.get("table_name", ""), said.get("row_key", "")))
            yield leaf

    def among(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return (row for row in rows if self.is_all or (row["table"], row["key"]) in self.keys)


def _told(what: str, items: Iterable[Any], total: int, progress: Progress) -> Iterator[Any]:
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        if done % 1000 == 0:
            progress(what, done, total)
    progress(what, done, done)


def _lines(path: Path, lines: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.writelines(line + b"\n" for line in lines)
