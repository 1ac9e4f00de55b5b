"""The head of the sealed log: where it stands, and the one way in which it moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance import rows
from governance.fingerprint import fingerprint
from governance.ids import uuid7
from governance.ledger.attesting import Judged
from governance.ledger.checkpoint import NONE_BEFORE, Statement, signed
from governance.ledger.keys import SealingKey
from governance.ledger.leaf import leaf_bytes, leaf_hash
from governance.ledger.tree import CompactRange
from governance.ledger.unsealed import Cursor
from governance.ledger.verify import digest, read_note
from governance.models import SealedCheckpoint, SealedLeaf

LEAF_COLUMNS = ("position", "number", "hash", "attested", "evidence", "withheld")


@dataclass(frozen=True)
class Head:
    """``place`` is the database that the log grew in; ``guards`` is what the last checkpoint says of them."""

    origin: str
    epoch: int
    size: int
    roots: tuple[str, ...]
    cursor: Cursor
    previous: str
    guards: str
    place: str

    def grown(self, judged: Sequence[Judged], *, key: SealingKey, guards: str) -> SealedCheckpoint:
        """Add leaves, and the checkpoint over them. The caller has the lock, and the transaction."""
        tree = CompactRange(self.size, [bytes.fromhex(root) for root in self.roots])
        leaves = []
        for one in judged:
            said = (one.attested, one.evidence, one.withheld)
            hashed = leaf_hash(leaf_bytes(one.line, attested=said[0], evidence=said[1], withheld=said[2]))
            leaves.append((tree.size, one.line["number"], hashed, *said))
            tree.append(bytes.fromhex(hashed.removeprefix("sha256:")))
        rows.insert(SealedLeaf, LEAF_COLUMNS, leaves)
        cursor = self.cursor.after([one.line for one in judged])
        return self._signed(tree, cursor, key, guards)

    def in_new_epoch(self, floor: int, xid: int) -> Head:
        """The same log in this database: every line up to ``floor`` is sealed with what comes next."""
        return replace(self, epoch=self.epoch + 1, place=place(), cursor=Cursor(xid, floor, floor, floor))

    def _signed(self, tree: CompactRange, cursor: Cursor, key: SealingKey, guards: str) -> SealedCheckpoint:
        at, root = timezone.now(), f"sha256:{tree.root().hex()}"
        note = signed(
            Statement(self.origin, self.epoch, tree.size, root, at, self.previous, guards, fingerprint()), key
        )
        kept = {"roots": [one.hex() for one in tree.roots], "cursor": cursor.as_json(), "place": self.place}
        made = SealedCheckpoint(
            size=tree.size, origin=note.origin, epoch=note.epoch, root=root, sealed_at=at, previous=note.previous,
            guards=note.guards, build=note.build, key_id=note.key, note=note.note, state=kept,
        )  # fmt: skip
        made.save(force_insert=True)
        return made


def newest() -> SealedCheckpoint | None:
    return SealedCheckpoint.objects.order_by("-size").first()


def head() -> Head:
    """Where the log stands; before the first checkpoint it is empty and gets its name."""
    last = newest()
    if last is None:
        name = f"{settings.HUB_ENVIRONMENT}/{uuid7()}"
        return Head(name, 0, 0, (), Cursor(), NONE_BEFORE, "", place())
    state, note = last.state, read_note(last.note)
    cursor, previous = Cursor(**state["cursor"]), digest(last.note.encode("ascii"))
    return Head(
        note.origin, note.epoch, note.size, tuple(state["roots"]), cursor, previous, note.guards, state["place"]
    )


def place() -> str:
    """Which database this is: of which cluster, on PostgreSQL. An SQLite file may be moved, and says nothing."""
    if connection.vendor != "postgresql":
        return ""
    asked = "SELECT system_identifier::text, (SELECT oid::text FROM pg_database WHERE datname = current_database())"
    found: Any = rows.fetch(f"{asked} FROM pg_control_system()")
    return "/".join(found[0])
