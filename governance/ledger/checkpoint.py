"""A checkpoint: the signed note, as text that a person can read and ``verify.py`` parses back. Pure but for the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from governance.ledger.keys import SealingKey
from governance.ledger.verify import Checkpoint, read_note

NONE_BEFORE = "none"


@dataclass(frozen=True)
class Statement:
    """What is signed: of which log, how large, which root, when, after which note, under which guards and build."""

    origin: str
    epoch: int
    size: int
    root: str
    at: datetime
    previous: str
    guards: str
    build: str

    def text(self) -> str:
        time = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return (
            f"Interlock checkpoint 1\norigin: {self.origin}\nepoch: {self.epoch}\nsize: {self.size}\n"
            f"root: {self.root}\n"
            f"time: {time}\nprevious: {self.previous}\nguards: {self.guards}\nbuild: {self.build.replace(' ', '_')}\n\n"
        )


def signed(statement: Statement, key: SealingKey) -> Checkpoint:
    """The note with its signature, read back as everybody will read it."""
    text = statement.text()
    return read_note(f"{text}key: {key.id}\nsignature: ed25519:{key.sign(text.encode('ascii'))}\n")
