"""What a backup says about itself: what it holds, of which moment and build, and the digests that prove it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME, SUMS = "manifest.json", "SHA256SUMS"
FORMAT = 1


@dataclass(frozen=True)
class Table:
    """Rows of a table, and SHA-256 over them in the order of their key."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """``ledger`` is its last number, with position and hash of the last sealed leaf;
    ``master_keys`` the ids of the keys that are needed to read it."""

    taken_at: str
    build: str
    environment: str
    vendor: str
    file: str
    migrations: list[str]
    ledger: dict[str, Any]
    master_keys: list[str]
    tables: dict[str, Table] = field(default_factory=dict)
    format: int = FORMAT


class Damaged(Exception):
    """A backup that is not what was written, with a sentence that says what differs."""


def write(folder: Path, manifest: Manifest) -> None:
    """The manifest, and the sums of both files as ``sha256sum --check`` reads them."""
    path = folder / NAME
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    lines = [f"{sum_of(one)}  {one.name}\n" for one in (folder / manifest.file, path)]
    (folder / SUMS).write_text("".join(lines), encoding="ascii")


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are as they were written. Raises Damaged."""
    sums = _sums(folder)
    for name, wanted in sums.items():
        if not (folder / name).is_file():
            raise Damaged(f"{name} is missing.")
        if sum_of(folder / name) != wanted:
            raise Damaged(f"{name} is not what was written: its SHA-256 differs from that in {SUMS}.")
    found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    if found.get("format") != FORMAT:
        raise Damaged(f"The manifest has format {found.get('format')}; this program reads {FORMAT}.")
    found["tables"] = {name: Table(**table) for name, table in found["tables"].items()}
    if found["file"] not in sums:
        raise Damaged(f"{SUMS} does not name {found['file']}.")
    return Manifest(**found)


def differences(wanted: dict[str, Table], found: dict[str, Table]) -> list[str]:
    """A sentence for each table that is not as the manifest says."""
    said = []
    for name in sorted(wanted.keys() | found.keys()):
        ours, theirs = wanted.get(name), found.get(name)
        if ours is None or theirs is None:
            said.append(f"{name}: {'is not in the manifest' if ours is None else 'is missing'}.")
        elif ours.rows != theirs.rows:
            said.append(f"{name}: {theirs.rows} rows, where the backup held {ours.rows}.")
        elif ours.sha256 != theirs.sha256:
            said.append(f"{name}: a row differs from that in the backup.")
    return said


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Damaged(f"{folder} has no readable {SUMS}: it is no complete backup.") from None
    pairs = [line.split("  ", 1) for line in lines]
    if any(len(pair) != 2 for pair in pairs) or NAME not in {pair[-1] for pair in pairs}:
        raise Damaged(f"{SUMS} cannot be read.")
    return {name: wanted for wanted, name in pairs}
