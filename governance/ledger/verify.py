#!/usr/bin/env python3
"""Verify an exported audit trail of Interlock, offline and alone: Python 3.11's standard library is all it needs.

    python3 verify.py BUNDLE --key seal_key.pub [--held checkpoint.txt]

``--key`` is the public key of the sealer as you were given it, apart from the bundle: a key inside the bundle proves
nothing. ``--held`` is the last checkpoint that you kept (an earlier export, a mail). Use a verify.py that you trust,
not the one in the bundle. Exit status: 0 all of it holds, 1 something was found, 2 it could not be verified.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

# --- bytes and digests ---------------------------------------------------------------------------------------------


def canonical(content: Any) -> bytes:
    """JSON with one spelling: sorted keys, no space, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def loads(text: str | bytes) -> Any:
    """JSON in which fractions keep their digits."""
    return json.loads(text, parse_float=lambda digits: "fraction:" + digits)


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


# --- RFC 8032: Ed25519 ---------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z (RFC 8032, section 5.1.4)
ZERO: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(encoded: bytes) -> Point | None:
    """Decode (section 5.1.3); None for what is no point, or is not written in the one way it may be."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or ZERO


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of ``public`` (32 bytes) signed (section 5.1.7): [S]B − [k]A is R."""
    key = _point(public) if len(public) == 32 else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    table = (ZERO, BASE, minus, _add(BASE, minus))
    found = ZERO
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        found = _add(found, found)
        if choice := (s >> bit & 1) | (k >> bit & 1) << 1:
            found = _add(found, table[choice])
    inverse = pow(found[2], -1, P)
    x, y = found[0] * inverse % P, found[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- RFC 6962: the tree --------------------------------------------------------------------------------------------


class Tree:
    """A tree that grows by one leaf: the roots of its perfect subtrees, the largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size, self.roots = size, list(roots)
        if size < 0 or len(self.roots) != size.bit_count() or any(len(root) != 32 for root in self.roots):
            raise Broken(f"A tree of {size} entries does not have these {len(self.roots)} roots.")

    def append(self, leaf: bytes) -> None:
        """``leaf`` is the hash of the leaf."""
        full = self.size
        while full & 1:
            leaf = hashlib.sha256(b"\x01" + self.roots.pop() + leaf).digest()
            full >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> str:
        if not self.roots:
            return digest(b"")
        found = self.roots[-1]
        for left in self.roots[-2::-1]:
            found = hashlib.sha256(b"\x01" + left + found).digest()
        return "sha256:" + found.hex()


def root_of(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> str:
    """The root of ``size`` leaves to which the path leads from this one (RFC 9162, section 2.1.3.2); "" for none."""
    if not 0 <= index < size:
        return ""
    here, last, found = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for sibling in path:
        if last == 0:
            return ""
        if here & 1 or here == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        here, last = here >> 1, last >> 1
    return "sha256:" + found.hex() if last == 0 else ""


# --- checkpoints ---------------------------------------------------------------------------------------------------

HASH = "sha256:[0-9a-f]{64}"
NOTE = re.compile(
    "Interlock checkpoint 1\norigin: (?P<origin>[!-~]+)\nepoch: (?P<epoch>0|[1-9][0-9]{0,8})\n"
    f"size: (?P<size>[1-9][0-9]{{0,17}})\nroot: (?P<root>{HASH})\n"
    f"time: (?P<time>[0-9T:.-]+Z)\nprevious: (?P<previous>none|{HASH})\nguards: (?P<guards>[!-~]+)\n"
    f"build: (?P<build>[!-~]+)\n\nkey: (?P<key>{HASH})\nsignature: ed25519:(?P<signature>[0-9a-f]{{128}})\n"
)


class Broken(Exception):
    """What cannot be read, in a sentence."""


class Unable(Exception):
    """Why nothing can be said, in a sentence."""


@dataclass(frozen=True)
class Checkpoint:
    """A signed note: that the log had this root at this size."""

    note: str
    origin: str
    epoch: int
    size: int
    root: str
    time: str
    previous: str
    guards: str
    build: str
    key: str
    signature: str

    @property
    def signed(self) -> bytes:
        return self.note.partition("\n\n")[0].encode("ascii") + b"\n\n"

    @property
    def digest(self) -> str:
        return digest(self.note.encode("ascii"))

    def is_signed_by(self, keys: dict[str, bytes]) -> bool:
        key = keys.get(self.key)
        return key is not None and is_signed(key, self.signed, bytes.fromhex(self.signature))


def read_note(note: str) -> Checkpoint:
    """Raises Broken."""
    found = NOTE.fullmatch(note)
    if not found:
        raise Broken("This is no checkpoint of Interlock.")
    said: dict[str, Any] = found.groupdict()
    return Checkpoint(note, **{**said, "epoch": int(said["epoch"]), "size": int(said["size"])})


def read_keys(text: str) -> dict[str, bytes]:
    """Key id → public key, of ``ed25519:hex``, one a line or comma between. Raises Broken."""
    found = {}
    for word in re.split(r"[\s,]+", text.strip()):
        if not re.fullmatch(r"ed25519:[0-9a-f]{64}", word):
            raise Broken(f"{word[:80]!r} is no public key; it takes ed25519: and 64 hexadecimal digits.")
        key = bytes.fromhex(word[8:])
        found[digest(key)] = key
    return found


# --- what lines say of rows ----------------------------------------------------------------------------------------

SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;
CREATE TABLE line (number INTEGER, tbl TEXT, key TEXT, version INTEGER, op TEXT, shape INTEGER, governed INTEGER,
    was BLOB, now BLOB, kept BLOB, stands BLOB, evidence TEXT);
CREATE TABLE history (tbl TEXT, key TEXT, version INTEGER, op TEXT, shape INTEGER, kept BLOB, evidence TEXT, time TEXT);
CREATE TABLE present (tbl TEXT, key TEXT, shape INTEGER, stands BLOB);
"""
INDEXES = """
CREATE INDEX line_row ON line (tbl, key, number); CREATE INDEX history_row ON history (tbl, key, version, op);
CREATE INDEX present_row ON present (tbl, key); ANALYZE;
CREATE TABLE last AS SELECT tbl, key, op, shape, stands, number FROM (SELECT *, row_number() OVER (PARTITION BY tbl, key
    ORDER BY number DESC) AS place FROM line) WHERE place = 1;
"""
STRAYS = """
CREATE TABLE stray AS SELECT DISTINCT tbl, key, version, op, (NOT :whole OR time < :begun) AND coalesce(
        version * 2 + (op = 'delete') < (SELECT min(l.version * 2 + (l.op IN ('delete', 'found'))) FROM line l
            WHERE (l.tbl, l.key) = (h.tbl, h.key)), :whole) AS is_older
    FROM history h
    WHERE NOT EXISTS (SELECT 1 FROM line l WHERE (l.tbl, l.key, l.version, l.op) = (h.tbl, h.key, h.version, h.op))
"""  # history rows without a line; those from before the ledger, or from before a bundle that goes on, can have none
QUESTIONS = (  # (what is asked as SQL, the sentence). ``:whole`` where the bundle begins with the log, ``:begun`` when
    # the ledger began to hold rows, ``:sealed`` how many lines about rows are
    (
        "SELECT l.tbl, l.key, l.version, l.op, l.number FROM line l WHERE governed AND l.op <> 'found'"
        " AND NOT EXISTS (SELECT 1 FROM history h"
        " WHERE (h.tbl, h.key, h.version, h.op) = (l.tbl, l.key, l.version, l.op))",
        "The history row of {0} {1} version {2} ({3}) is missing; ledger line {4} says that it was written.",
    ),
    (
        "SELECT l.tbl, l.key, l.version, l.op, l.number FROM line l JOIN history h USING (tbl, key, version, op)"
        " WHERE governed AND h.shape = l.shape AND h.kept IS NOT l.kept",
        "The history row of {0} {1} version {2} ({3}) is not what ledger line {4} says.",
    ),
    (
        "SELECT DISTINCT l.tbl, l.key, l.version, l.op, l.number"
        " FROM line l JOIN history h USING (tbl, key, version, op) WHERE governed AND l.evidence <> '' AND "
        "h.evidence <> l.evidence",
        "The evidence (who, when, why) in the history row of {0} {1} version {2} ({3}), ledger line {4}, was changed"
        " after it was sealed.",
    ),
    (
        "SELECT l.tbl, l.key, l.version, l.op, l.number FROM line l JOIN history h USING (tbl, key, version, op)"
        " WHERE governed AND h.shape = l.shape GROUP BY l.number HAVING count(*) > 1",
        "{0} {1} has more than one history row of version {2} ({3}), where ledger line {4} says one.",
    ),
    (
        "SELECT l.tbl, l.key, l.number FROM last l WHERE l.op <> 'delete' AND NOT EXISTS (SELECT 1 FROM present p"
        " WHERE (p.tbl, p.key) = (l.tbl, l.key))",
        "The row {0} {1} is gone, and no ledger line says who removed it; the last one is {2}.",
    ),
    (
        "SELECT l.tbl, l.key, l.number FROM last l WHERE l.op = 'delete' AND EXISTS (SELECT 1 FROM present p"
        " WHERE (p.tbl, p.key) = (l.tbl, l.key))",
        "The row {0} {1} stands there again, although ledger line {2} says that it was removed.",
    ),
    (
        "SELECT l.tbl, l.key, l.number FROM last l JOIN present p USING (tbl, key)"
        " WHERE l.op <> 'delete' AND p.shape = l.shape AND p.stands IS NOT l.stands",
        "The row {0} {1} is not what its last ledger line, {2}, says: it was changed past the ledger.",
    ),
    (
        "SELECT tbl, key, number, version, earlier"
        " FROM (SELECT *, lag(version) OVER w AS earlier, lag(op) OVER w AS act FROM line WHERE governed WINDOW w AS "
        "(PARTITION BY tbl, key ORDER BY number))"
        " WHERE act <> 'delete' AND version <> earlier + (op = 'update')",
        "{0} {1}: ledger line {2} writes version {3} after version {4}.",
    ),
    (
        "SELECT tbl, key, number, prior FROM (SELECT *, lag(now) OVER w AS earlier, lag(number) OVER w AS prior,"
        " lag(shape) OVER w AS form FROM line WINDOW w AS (PARTITION BY tbl, key ORDER BY number))"
        " WHERE was IS NOT NULL AND earlier IS NOT NULL AND form = shape AND was <> earlier",
        "{0} {1} was changed past the ledger between its lines {3} and {2}.",
    ),
    (
        "SELECT tbl, key, number FROM line WHERE number IN (SELECT number FROM line WHERE rowid > :sealed)"
        " GROUP BY number HAVING count(*) > 1",
        "Ledger line {2}, of {0} {1}, stands there more than once: one of them was put in.",
    ),
    (
        "SELECT tbl, key, number FROM (SELECT *, lag(number) OVER (PARTITION BY tbl, key ORDER BY number) AS prior"
        " FROM line) WHERE :whole AND prior IS NULL AND op NOT IN ('insert', 'found')",
        "The first line of {0} {1}, {2}, is not that of its writing: it was written past the ledger.",
    ),
    (
        "SELECT tbl, key, version, op FROM stray WHERE NOT is_older",
        "No ledger line says that the history row of {0} {1} version {2} ({3}) was written.",
    ),
    (
        "SELECT DISTINCT p.tbl, p.key FROM present p"
        " WHERE NOT EXISTS (SELECT 1 FROM line l WHERE (l.tbl, l.key) = (p.tbl, p.key))",
        "No ledger line says that the row {0} {1} was written.",
    ),
)
OLD = "{0} history row(s) are older than the first line here of their row: nothing here vouches for them."


class Rows:
    """Lines beside history and present rows, joined on disk: what does not fit together is asked of SQLite.

    A *shape* is the set of columns that a line has: a row is compared in those, so that a column which a later release
    added or dropped is no difference. ``manifest`` names the columns of each table, of history and of present rows.
    """

    def __init__(self, manifest: dict[str, Any], folder: str) -> None:
        self.base = sqlite3.connect(f"{folder}/rows.sqlite3", isolation_level=None)
        self.base.executescript(SCHEMA + "BEGIN;")
        self.kept, self.standing = (
            {table: frozenset(names) for table, names in manifest[part].items()} for part in ("history", "rows")
        )
        self.shapes: dict[tuple[str, frozenset[str]], int] = {}
        self.of_table: dict[str, list[tuple[int, frozenset[str]]]] = {}
        self.told: dict[str, dict[int, frozenset[str]]] = {}  # columns that lines of this release hold, by shape
        self.sealed = 0

    def line(self, said: dict[str, Any], is_governed: bool) -> None:
        """A line of kind "row"."""
        table, operation = said["table_name"], said["operation"]
        old, new = (loads(text) if text else None for text in (said["old"], said["new"]))
        row = new if new is not None else old or {}
        left = old if operation == "delete" else new
        shape = self._shape(table, frozenset(row))
        if shape not in self.told.setdefault(table, {}):
            self.told[table][shape] = frozenset(name for name, value in row.items() if not _is_withheld(value))
        values = (
            said["number"], table, said["row_key"], said["row_version"], operation, shape, is_governed,
            _hash(old), _hash(new), _within(left, self.kept.get(table)), _within(new, self.standing.get(table)),
            said["evidence"],
        )  # fmt: skip
        self.base.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def count(self) -> int:
        """Lines so far."""
        return self.base.execute("SELECT count(*) FROM line").fetchone()[0]

    def history(self, said: dict[str, Any]) -> None:
        if said.keys() != {"table", "key", "version", "operation", "row", "evidence"}:
            raise Broken("A history row says more or less than the exporter writes.")
        table, evidence = said["table"], said["evidence"]
        self._complete(said["row"], self.kept[table], table)
        key = (table, said["key"], said["version"], said["operation"])
        proof, time = digest(canonical(evidence)), evidence["act_recorded_at"]
        rows = [(*key, number, _within(said["row"], shape), proof, time) for number, shape in self._shapes(table)]
        self.base.executemany("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def present(self, said: dict[str, Any]) -> None:
        if said.keys() != {"table", "key", "row"}:
            raise Broken("A row says more or less than the exporter writes.")
        table, row = said["table"], said["row"]
        self._complete(row, self.standing[table], table)
        rows = [(table, said["key"], number, _within(row, shape)) for number, shape in self._shapes(table)]
        self.base.executemany("INSERT INTO present VALUES (?, ?, ?, ?)", rows)

    def compare(self, begun: str, is_whole: bool) -> tuple[list[str], list[str]]:
        """Findings and remarks. ``begun``: when the ledger began to hold rows; ``is_whole``: from the log's begin."""
        self.base.execute("COMMIT")
        self.base.executescript(INDEXES)
        asked = {"begun": begun, "whole": is_whole, "sealed": self.sealed}
        self.base.execute(STRAYS, asked)
        found = list(self._left_out())
        for question, sentence in QUESTIONS:
            found += (sentence.format(*row) for row in self.base.execute(question, asked))
        older = self.base.execute("SELECT count(*) FROM stray WHERE is_older").fetchone()
        return found, [OLD.format(*older)] if older[0] else []

    def _left_out(self) -> Iterator[str]:
        """Columns that lines hold and the export has not: what was done to them could not be seen."""
        for table, shapes in self.told.items():
            here = self.standing.get(table, frozenset()) & self.kept.get(table, self.standing.get(table, frozenset()))
            if missing := sorted(frozenset().union(*shapes.values()) - here):
                yield f"The rows of {table} are here without {', '.join(missing)}, which the ledger holds."

    def _shape(self, table: str, names: frozenset[str]) -> int:
        if (table, names) not in self.shapes:
            self.shapes[table, names] = len(self.shapes)
            self.of_table.setdefault(table, []).append((len(self.shapes) - 1, names))
        return self.shapes[table, names]

    def _shapes(self, table: str) -> list[tuple[int, frozenset[str]]]:
        return self.of_table.get(table) or [(-1, frozenset())]

    def _complete(self, row: dict[str, Any], names: frozenset[str], table: str) -> None:
        if row.keys() != names:
            raise Broken(f"A row of {table} does not have the columns that the manifest names.")


def _is_withheld(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("withheld:")


def _hash(row: Any) -> bytes | None:
    return None if row is None else hashlib.sha256(canonical(row)).digest()[:16]


def _within(row: dict[str, Any] | None, names: frozenset[str] | None) -> bytes | None:
    """Hash of the row's columns among ``names``; None where there is nothing to compare with."""
    if row is None or names is None:
        return None
    return _hash({name: value for name, value in row.items() if name in names})


# --- the guards ----------------------------------------------------------------------------------------------------

NO_GUARDS = digest(b"")  # of the definitions of none


def are_dropped(guards: str) -> bool:
    """Whether a state of the guards (``sha256:hex/mark``) is that of a database without any."""
    return _definitions(guards) == NO_GUARDS


def is_same(before: str, after: str) -> bool:
    """Whether nothing was done to guards between two states; a database without any has none to switch off."""
    return before == after or (are_dropped(before) and are_dropped(after))


def unexplained(
    before: str, lines: Iterable[dict[str, Any]], after: str, is_same: Callable[[str, str], bool] = is_same
) -> Iterator[tuple[str, str]]:
    """Changes of the guards from ``before`` to ``after`` that no line explains, each from one state to another.

    A line (its content) explains the one change that it states: how they were before it, and their state since.
    """
    for content in lines:
        began, state = str(content.get("before", "")), str(content.get("state", ""))
        if not is_same(before, began):
            yield before, began
        before = state
    if not is_same(before, after):
        yield before, after


def _definitions(guards: str) -> str:
    return guards.partition("/")[0]


def _is_same_but_for_the_mark(before: str, after: str) -> bool:
    return _definitions(before) == _definitions(after)


UNGUARDED = "A migration was interrupted, or somebody took them away: what was written since was guarded by nothing."


class Guards:
    """What lines and checkpoints say of the guards of the database: whether every change of theirs is explained."""

    def __init__(self, found: Callable[[str], None]) -> None:
        self.remarks: list[str] = []
        self._found = found
        self._said: list[dict[str, Any]] = []  # by lines about them since the checkpoint before
        self._away = ""  # where they were dropped and are not back yet
        self._told: set[str] = set()  # states that a finding is about
        self._reported: list[tuple[str, str]] = []  # states that the sealer told of since the checkpoint before

    def line(self, said: dict[str, Any], more: str = "") -> None:
        """A line of kind "guard"."""
        self._said.append(said["content"])
        event = said["content"]["event"]
        told = f"{event} at {said['recorded_at']} by build {said['fingerprint'] or 'unknown'}"
        line = f"ledger line {said['number']}{more}"
        self.remarks.append(f"The guards were {told} ({said['session'] or 'no session told'}), {line}.")
        if event != "dropped":
            self._away = ""
            return
        if self._away:
            self._found(f"The guards were {told}, {line}, for the second time: somebody put them back without a line.")
        self._away = f"The guards were {told}, {line}, and no line says that they were put back. {UNGUARDED}"

    def reported(self, said: dict[str, Any]) -> None:
        """A line of kind "guard_changed": the sealer saw that they were changed, and no line that explains it."""
        when = f"before {said['recorded_at']}, as ledger line {said['number']} says"
        self._reported.append((said["content"]["after"], when))

    def checkpoint(self, before: Checkpoint, note: Checkpoint) -> None:
        """In a database that was restored their mark begins anew; an epoch says so."""
        is_same_here = _is_same_but_for_the_mark if note.epoch == before.epoch + 1 else is_same
        self._compare(before.guards, note.guards, f"between {before.time} and {note.time}", is_same_here)

    def passed(self) -> None:
        """A checkpoint stands: lines before it explain no more, and what the sealer told and it hides is said."""
        for state, when in self._reported:
            self._unexplained(state, when)
        self._said, self._reported = [], []

    def end(self, last: Checkpoint, now: str) -> None:
        """``now`` is their state when the lines were read, "" where nobody told it."""
        if now:
            self._compare(last.guards, now, f"after the last checkpoint, of {last.time}", is_same)
        if self._away:
            self._found(self._away)
        elif are_dropped(last.guards) and not self._said:
            self._found(f"The database had no guards at the last checkpoint, of {last.time}. {UNGUARDED}")
        self.passed()

    def _compare(self, before: str, after: str, when: str, is_same_here: Callable[[str, str], bool]) -> None:
        for _, state in unexplained(before, self._said, after, is_same_here):
            self._unexplained(state, when)

    def _unexplained(self, state: str, when: str) -> None:
        """Said once of each state that they came to."""
        if state not in self._told:
            self._told.add(state)
            self._found(
                f"The guards of the database were changed {when}, and no ledger line explains it: somebody switched "
                "them off, or exchanged them."
            )


# --- the log -------------------------------------------------------------------------------------------------------


class Log:
    """Leaves and checkpoints in step: roots, chain, guards, epochs, and what the leaves themselves say."""

    def __init__(self, keys: dict[str, bytes], rows: Rows, held: Checkpoint | None, every: bool = False) -> None:
        self.keys, self.rows, self.held, self.every = keys, rows, held, every
        self.findings: list[str] = []
        self.remarks: list[str] = []
        self.last: Checkpoint | None = None
        self.begun = "9999"  # when the ledger began to hold rows
        self.epochs: list[str] = []
        self.guards = Guards(self._found)
        self._newest: dict[str, Checkpoint] = {}  # by key
        self._is_off = False
        self._epoch: int | None = None  # that a line began, since the checkpoint before
        self._late = 0  # rows that were found when guards came back
        self._numbers: list[int] = []

    def run(self, start: Tree, notes: Iterable[str], leaves: Iterable[bytes]) -> None:
        """``start`` is the tree that the bundle goes on with, empty for a whole one."""
        self.tree, self.first, self._start = start, start.size, start.root()
        waiting = map(read_note, notes)
        upcoming = self._reached(next(waiting, None), waiting)
        for leaf in leaves:
            self._numbers.append(self._leaf(leaf))
            if upcoming and upcoming.size <= self.tree.size:
                upcoming = self._reached(upcoming, waiting)
            if self.held and self.held.size == self.tree.size:
                self._compare_held()
        self._end(upcoming)

    def unsealed(self, leaves: Iterable[bytes]) -> int:
        """Lines that were written after the last checkpoint: they speak for rows, and nobody has signed them yet."""
        number, self.rows.sealed = 0, self.rows.count()
        for number, leaf in enumerate(leaves, 1):  # noqa: B007 - how many there were
            said = json.loads(leaf)
            match said["kind"]:
                case "row":
                    self.rows.line(said, said["table_name"] in self.rows.kept)
                case "guard":
                    self.guards.line(said, " (not sealed yet)")
                case "guard_changed":
                    self.guards.reported(said)
        return number

    def end(self, guards: str) -> None:
        """After every line: ``guards`` is their state when the lines were read, "" where nobody told it."""
        if self.last:
            self.guards.end(self.last, guards)

    def _reached(self, note: Checkpoint | None, waiting: Iterator[Checkpoint]) -> Checkpoint | None:
        """Check every checkpoint up to here; the next one."""
        while note and note.size <= self.tree.size:
            self._check(note)
            note = next(waiting, None)
        return note

    def _leaf(self, leaf: bytes) -> int:
        if leaf.startswith(b'{"hash"'):
            return self._damaged(json.loads(leaf))
        self.tree.append(hashlib.sha256(b"\x00" + leaf).digest())
        said = json.loads(leaf)
        match said["kind"]:
            case "row":
                self._row(said)
            case "guard":
                self.guards.line(said)
            case "guard_changed":
                self.guards.reported(said)
            case "epoch":
                self._epoch = said["content"]["epoch"]
                self.epochs.append(
                    f"Epoch {said['content']['epoch']}, {said['recorded_at']}: {said['content']['reason']}"
                )
        return said["number"]

    def _row(self, said: dict[str, Any]) -> None:
        self.begun = min(self.begun, said["recorded_at"])
        self.rows.line(said, said["attested"] != "not applicable")
        self._late += said["operation"] == "found" and bool(self.guards.remarks)
        if said["attested"] == "no":
            self.findings.append(
                f"{said['table_name']} {said['row_key']} version {said['row_version']} ({said['operation']}), ledger "
                f"line {said['number']}, is not attested: it was not written by the application, which alone has the "
                "key."
            )

    def _damaged(self, said: dict[str, Any]) -> int:
        """The exporter itself saw that a line is gone, or is not what was sealed; its hash stands in the tree."""
        self.tree.append(bytes.fromhex(said["hash"].removeprefix("sha256:")))
        what = "is no longer there" if said["leaf"] is None else "is no longer what was sealed"
        self.findings.append(f"Ledger line {said['number']}, sealed as entry {self.tree.size}, {what}.")
        if said["leaf"] is not None and said["leaf"]["kind"] == "row":
            self._row(said["leaf"])
        return said["number"]

    def _check(self, note: Checkpoint) -> None:
        before, self.last = self.last, note
        if note.size < self.tree.size or (before and note.size <= before.size):
            self._found(f"The checkpoint over {note.size} entries of {note.time} stands in the wrong place.")
        elif note.root != self.tree.root() and not self._is_off:
            self._is_off = True  # every later root differs too
            self._found(
                f"The entries up to the checkpoint of {note.time} are not those that it was signed over. The change "
                f"is among the {len(self._numbers)} entries since the checkpoint before, ledger lines "
                f"{_span(self._numbers)}."
            )
        self._chain(before, note) if before else self._begin(note)
        self._check_epoch(before, note)
        if self.every or note.key not in self._newest:
            self._check_signature(note)
        self._newest[note.key] = note
        self._epoch, self._numbers = None, []
        self.guards.passed()

    def _begin(self, note: Checkpoint) -> None:
        if note.previous != "none" if self.first == 0 else note.size != self.first:
            self._found(f"The checkpoint of {note.time} is not the first one: those before it were removed.")

    def _check_epoch(self, before: Checkpoint | None, note: Checkpoint) -> None:
        """An epoch begins with a line that says why, and with nothing else."""
        if self._epoch is not None and note.epoch != self._epoch:
            self._found(f"A ledger line begins epoch {self._epoch}; the checkpoint of {note.time} is of {note.epoch}.")
        elif self._epoch is None and (before or self.first == 0) and note.epoch != (before.epoch if before else 0):
            self._found(f"The checkpoint of {note.time} begins epoch {note.epoch}, and no ledger line says why.")

    def _chain(self, before: Checkpoint, note: Checkpoint) -> None:
        if note.previous != before.digest:
            self._found(
                f"The checkpoint of {note.time} does not follow the one before it: one was removed or exchanged."
            )
        if note.origin != before.origin:
            self._found(f"The checkpoint of {note.time} is of another log, {note.origin}.")
        self.guards.checkpoint(before, note)
        if _release(note) != _release(before):
            self.rows.told.clear()  # a release may take a column away

    def _check_signature(self, note: Checkpoint) -> None:
        if note.key not in self.keys:
            self._found(
                f"The checkpoint of {note.time} is signed with the key {note.key}, which is not one that you trust."
            )
        elif not note.is_signed_by(self.keys):
            self._found(f"The signature of the checkpoint of {note.time} is false.")

    def _compare_held(self) -> None:
        assert self.held
        if self.tree.root() != self.held.root:
            self._found(
                f"The log was rewritten: its first {self.held.size} entries are not those of the checkpoint of "
                f"{self.held.time} that you hold."
            )
        else:
            self.remarks.append(f"The log goes on from the checkpoint of {self.held.time} that you hold.")

    def _end(self, upcoming: Checkpoint | None) -> None:
        if upcoming:
            self._found(
                f"The log is cut: a checkpoint of {upcoming.time} was signed over {upcoming.size} entries, and "
                f"{self.tree.size} are there."
            )
        if self.last is None:
            self._found("There is no checkpoint: nobody has signed anything of this.")
            return
        if self.last.size < self.tree.size:
            self._found(f"The last {self.tree.size - self.last.size} entries are covered by no checkpoint.")
        for note in self._newest.values():
            self._check_signature(note)
        if self.first:
            self.remarks.append(f"This goes on after the first {self.first} entries of the log, which are not here.")
        if self._late:
            self.remarks.append(f"{self._late} row(s) stood there when guards came back; no line says who wrote them.")
        if self.held:
            self._end_held(self.held, self.last)

    def _end_held(self, held: Checkpoint, last: Checkpoint) -> None:
        if held.origin != last.origin:
            self._found(f"The checkpoint that you hold is of another log, {held.origin}.")
        elif held.size > self.tree.size:
            told = " ".join(self.epochs)
            self._found(
                f"You hold a checkpoint of {held.time} over {held.size} entries, and {self.tree.size} are there: its "
                f"end was cut off, or an older database was restored. {told}".rstrip()
            )
        elif held.size < self.first:
            raise Unable(
                f"This bundle begins after {self.first} entries, and your checkpoint is over {held.size}: whether it "
                "goes on from yours cannot be told. Ask for an export since then."
            )
        elif held.size == self.first and held.root != self._start:
            self._found("The log was rewritten: what this bundle goes on from is not the checkpoint that you hold.")

    def _found(self, sentence: str) -> None:
        if sentence not in self.findings[-3:]:
            self.findings.append(sentence)


def _release(note: Checkpoint) -> str:
    return note.build.partition("/")[0]


def _span(numbers: list[int]) -> str:
    return f"{min(numbers)} to {max(numbers)}" if numbers else "none"


# --- the bundle ----------------------------------------------------------------------------------------------------

FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
CHECKPOINTS, LEAVES, UNSEALED = "checkpoints.jsonl", "leaves.jsonl", "unsealed.jsonl"
HISTORY, EVENTS, PRESENT, KEYS = "history.jsonl", "audit-events.jsonl", "rows.jsonl", "public-keys.txt"
LAST, PROGRAM = "last-checkpoint.txt", "verify.py"
FILES = {SUMS, MANIFEST, CHECKPOINTS, LEAVES, UNSEALED, HISTORY, EVENTS, PRESENT, KEYS, LAST, PROGRAM}
UNREADABLE = (
    Broken,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    OSError,
    sqlite3.Error,
)  # fmt: skip - whatever a byte that was turned makes of JSON


@dataclass
class Report:
    """What was found (sentences; none is good), and what a reader should know."""

    findings: list[str]
    remarks: list[str]


def verify_bundle(folder: Path, keys: dict[str, bytes], held: Checkpoint | None = None, every: bool = False) -> Report:
    """Everything of it. Raises Unable."""
    report = Report([], [])
    try:
        _check_files(folder)
        report.findings += _sums(folder)
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            raise Unable(f"The bundle has format {manifest['format']}; this program reads {FORMAT}.")
        with tempfile.TemporaryDirectory() as place:
            _play(folder, manifest, Log(keys, Rows(manifest, place), held, every), report)
    except UNREADABLE as error:
        report.findings.append(f"The bundle is not as it was written: {error or type(error).__name__}")
    return report


def _play(folder: Path, manifest: dict[str, Any], log: Log, report: Report) -> None:
    start = Tree(manifest["start"]["size"], map(bytes.fromhex, manifest["start"]["roots"]))
    try:
        log.run(start, map(_row, _lines(folder / CHECKPOINTS)), _lines(folder / LEAVES))
        unsealed = log.unsealed(_lines(folder / UNSEALED))
        log.end(manifest.get("guards", ""))
        beside(log, report, *(map(_row, _lines(folder / name)) for name in (HISTORY, EVENTS, PRESENT)))
    finally:
        report.findings += log.findings
    report.remarks += [*log.guards.remarks, *log.epochs, *log.remarks]
    if log.last:
        report.findings += _beside_the_last(folder, manifest, log.last)
        report.remarks += _for_convenience(folder, log.keys)
        report.remarks.append(
            f"{log.last.size - log.first} entries up to the checkpoint of {log.last.time}, root {log.last.root}."
        )
    if unsealed:
        report.remarks.append(f"{unsealed} lines were written since, and nobody has signed them yet.")


def beside(log: Log, report: Report, history: Iterable[Any], *present: Iterable[Any]) -> None:
    """Compare rows with the lines of a log that was run."""
    for row in history:
        log.rows.history(row)
    for rows in present:
        for row in rows:
            log.rows.present(row)
    found, remarks = log.rows.compare(log.begun, log.first == 0)
    report.findings += found
    report.remarks += remarks


def _beside_the_last(folder: Path, manifest: dict[str, Any], last: Checkpoint) -> Iterator[str]:
    """What a reader takes away or reads first says what was signed."""
    if (folder / LAST).read_bytes() != last.note.encode("ascii"):
        yield f"{LAST} is not the last checkpoint: keep the one of {last.time} instead."
    if manifest["origin"] != last.origin:
        yield f"The manifest is of another log, {manifest['origin']}."


def _for_convenience(folder: Path, keys: dict[str, bytes]) -> Iterator[str]:
    """What proves nothing, where it differs from what the reader brought."""
    text = (folder / KEYS).read_bytes().decode("ascii")
    if unknown := set(read_keys(text) if text.strip() else ()) - set(keys):
        yield f"{KEYS} names {len(unknown)} key(s) that are not those that you trust; nothing was verified with them."
    if (folder / PROGRAM).read_bytes() != Path(__file__).read_bytes():
        yield f"{PROGRAM} in it is another one than this program."


def _row(line: bytes) -> Any:
    """A line that has one spelling: no name twice, no space, no NaN."""
    said = json.loads(line, parse_constant=_no_number)
    if canonical(said) != line:
        raise Broken("A row is not written as the exporter writes it.")
    return said


def _no_number(text: str) -> NoReturn:
    raise Broken(f"{text} is no number.")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                raise Broken(f"The last line of {path.name} is cut.")
            yield line[:-1]


def _check_files(folder: Path) -> None:
    """Plain files with names that we know: no link that leads elsewhere, no pipe that never ends."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            raise Broken(f"{path.name} is no plain file.")
        if path.name not in FILES:
            raise Broken(f"The file {path.name} does not belong to it.")


def sums_of(folder: Path) -> str:
    """A line a file, as ``sha256sum --check`` reads them."""
    lines = []
    for path in sorted(folder.iterdir()):
        if path.name != SUMS:
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    return "".join(lines)


def _sums(folder: Path) -> list[str]:
    told, found = (folder / SUMS).read_bytes().split(b"\n"), sums_of(folder).encode().split(b"\n")
    wrong = sorted({line[66:].decode("ascii", "replace") for line in set(told) ^ set(found)})
    if not wrong and told != found:
        wrong = [SUMS]
    return [f"The file {name or SUMS} of the bundle is not what was written." for name in wrong]


# --- the command ---------------------------------------------------------------------------------------------------


def shown(report: Report) -> str:
    lines = [*report.remarks, *(f"FOUND: {sentence}" for sentence in report.findings)]
    lines = [printable(line) for line in lines]
    told = f"NOT VERIFIED: {len(report.findings)} finding(s)." if report.findings else "VERIFIED: all of it holds."
    return "\n".join([*lines, told])


def printable(line: str) -> str:
    """What stands in a bundle writes no lines of its own here, and hides none."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in line)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="the folder that was exported")
    parser.add_argument("--key", type=Path, required=True, help="file of the public keys that you trust")
    parser.add_argument("--held", type=Path, help="file of the last checkpoint that you kept")
    parser.add_argument(
        "--every-signature", action="store_true", help="not only the last one of each key and the chain"
    )
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(given.key.read_text(encoding="ascii"))
        held = read_note(given.held.read_text(encoding="ascii")) if given.held else None
        if held and not held.is_signed_by(keys):
            raise Unable("The checkpoint that you hold is not signed with a key that you trust.")
        if not given.bundle.is_dir():
            raise Unable(f"There is no folder {given.bundle}.")
        report = verify_bundle(given.bundle, keys, held, given.every_signature)
    except (Unable, Broken, OSError, UnicodeDecodeError) as error:
        print(f"COULD NOT VERIFY: {printable(str(error))}")
        return 2
    print(shown(report))
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
