"""What somebody with an editor plants in an export, and makes the sums fit again: each plant is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.ledger import verify
from governance.models import Person, SealedCheckpoint
from tests.factories.trail import Trail, resealed, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6")]

PERSON = Person._meta.db_table
Plant = Callable[[Path], object]


def lines(name: str, change: Callable[[list[bytes]], Any]) -> Plant:
    """The lines of a file, changed in place or replaced by what ``change`` gives."""

    def plant(folder: Path) -> None:
        found = (folder / name).read_bytes().splitlines(keepends=True)
        (folder / name).write_bytes(b"".join(change(found) or found))

    return plant


def manifest(change: Callable[[dict[str, Any]], object]) -> Plant:
    def plant(folder: Path) -> None:
        said = json.loads((folder / verify.MANIFEST).read_bytes())
        change(said)
        (folder / verify.MANIFEST).write_bytes(verify.canonical(said) + b"\n")

    return plant


def json_of(line: bytes, **more: Any) -> bytes:
    return verify.canonical(json.loads(line) | more) + b"\n"


def swap(found: list[bytes]) -> None:
    found[1], found[2] = found[2], found[1]


def without_a_column(folder: Path) -> None:
    """The edited column is left out of the rows, of the history and of what the manifest names."""
    manifest(lambda said: [said[part][PERSON].remove("full_name") for part in ("rows", "history")])(folder)
    for name in (verify.PRESENT, verify.HISTORY):
        lines(name, lambda found: [_without(line) for line in found])(folder)


def _without(line: bytes) -> bytes:
    said = json.loads(line)
    if said["table"] == PERSON:
        del said["row"]["full_name"]
    return verify.canonical(said) + b"\n"


def back_dated(found: list[bytes]) -> None:
    """A history row that nobody wrote, from a time before the ledger began."""
    said = json.loads(next(line for line in found if f'"{PERSON}"'.encode() in line))
    said["evidence"]["act_recorded_at"], said["version"] = "2001-01-01T00:00:00.000000+00:00", 7
    found.append(verify.canonical(said) + b"\n")


def ghost(found: list[bytes]) -> None:
    said = json.loads(found[-1])
    key = "01a20000000070008000000000000000"
    found.append(verify.canonical({**said, "key": key, "row": {**said["row"], "id": key}}) + b"\n")


def repeated(folder: Path) -> None:
    """A sealed line among those that nobody has signed yet."""
    line = next(line for line in (folder / verify.LEAVES).read_bytes().splitlines(keepends=True) if b'"row"' in line)
    (folder / verify.UNSEALED).write_bytes(line)


def link(folder: Path) -> None:
    (folder / verify.HISTORY).unlink()
    (folder / verify.HISTORY).symlink_to("/dev/zero")


PLANTS: dict[str, tuple[Plant, str]] = {
    "two leaves change places": (lines(verify.LEAVES, swap), "not those that it was signed over"),
    "a leaf twice": (lines(verify.LEAVES, lambda found: found.insert(1, found[1])), "not those that it was signed"),
    "a leaf is gone": (lines(verify.LEAVES, lambda found: found.pop(1)[:0]), "not those that it was signed over"),
    "the last leaf is cut": (lines(verify.LEAVES, lambda found: found[:-1]), "The log is cut"),
    "half a leaf": (lines(verify.LEAVES, lambda found: [*found[:-1], found[-1][:20]]), "is cut"),
    "the first checkpoint is gone": (
        lines(verify.CHECKPOINTS, lambda found: found[1:]),
        "those before it were removed",
    ),
    "the checkpoint in the middle is gone": (
        lines(verify.CHECKPOINTS, lambda found: [found[0], *found[2:]]),
        "does not follow the one before it",
    ),
    "a checkpoint twice": (lines(verify.CHECKPOINTS, lambda found: [found[0], *found]), "in the wrong place"),
    "no checkpoint": (lines(verify.CHECKPOINTS, lambda found: [b""]), "There is no checkpoint"),
    "the signature of another checkpoint": (
        lines(verify.CHECKPOINTS, lambda found: [*found[:-1], found[-1][:-140] + found[0][-140:]]),
        "The signature of the checkpoint",
    ),
    "an epoch that no line begins": (
        lines(verify.CHECKPOINTS, lambda found: [line.replace(b"epoch: 0", b"epoch: 1") for line in found]),
        "begins epoch 1, and no ledger line says why",
    ),
    "a size of many digits": (
        lines(verify.CHECKPOINTS, lambda found: [found[0].replace(b"size: ", b"size: " + b"9" * 5000)]),
        "This is no checkpoint",
    ),
    "the checkpoint to keep is an older one": (
        lambda folder: (folder / verify.LAST).write_text(
            json.loads((folder / verify.CHECKPOINTS).read_bytes().splitlines()[0])
        ),
        "is not the last checkpoint",
    ),
    "a column is left out": (without_a_column, f"The rows of {PERSON} are here without full_name"),
    "another log": (manifest(lambda said: said.update(origin="production/x")), "The manifest is of another log"),
    "a beginning of its own": (
        manifest(lambda said: said.update(start={"size": 1, "roots": []})),
        "A tree of 1 entries does not have these 0 roots",
    ),
    "a beginning below nothing": (
        manifest(lambda said: said.update(start={"size": -1, "roots": ["00" * 32]})),
        "A tree of -1 entries",
    ),
    "a name twice": (
        lines(verify.PRESENT, lambda found: [found[0].replace(b'{"key"', b'{"key":"x","key"', 1), *found[1:]]),
        "not written as the exporter writes it",
    ),
    "no number": (
        lines(verify.PRESENT, lambda found: [*found, b'{"key":NaN,"row":{},"table":"x"}\n']),
        "NaN is no number",
    ),
    "a huge number": (
        lines(verify.HISTORY, lambda found: [json_of(found[0], version=2**70), *found[1:]]),
        "not as it was written",
    ),
    "a word that nobody said": (
        lines(verify.HISTORY, lambda found: [json_of(found[0], approved="yes"), *found[1:]]),
        "says more or less than the exporter writes",
    ),
    "a row that no line knows": (lines(verify.PRESENT, ghost), "No ledger line says that the row"),
    "an event that no line knows": (lines(verify.EVENTS, ghost), "No ledger line says that the row"),
    "history from before the ledger": (lines(verify.HISTORY, back_dated), "No ledger line says that the history row"),
    "a sealed line once more": (repeated, "stands there more than once"),
    "a file that leads elsewhere": (link, "is no plain file"),
    "a file of its own": (lambda folder: (folder / "approved.pdf").touch(), "approved.pdf does not belong to it"),
    "a folder": (lambda folder: (folder / "more").mkdir(), "is no plain file"),
    "no file at all": (lambda folder: [path.unlink() for path in folder.iterdir()], "not as it was written"),
}  # fmt: skip


def planted(whole: Path, name: str, plant: Plant) -> Path:
    folder = whole.with_name(f"planted {name}")
    shutil.copytree(whole, folder)
    plant(folder)
    if not any(path.is_symlink() or path.is_dir() for path in folder.iterdir()):
        resealed(folder)
    return folder


def test_each_plant_is_named(trail, cast):
    trail.history()
    trail.write("mes")
    seal_all()
    whole = trail.bundle()
    assert trail.found(whole) == ""
    for name, (plant, words) in PLANTS.items():
        assert words in trail.found(planted(whole, name, plant)), name
    held, digits = trail.folder / "held", "9" * 5000
    held.write_text(trail.last().replace("size: ", f"size: {digits}"))
    assert verify.main([str(whole), "--key", str(trail.folder / "seal_key.pub"), "--held", str(held)]) == 2


def test_rows_planted_in_a_bundle_that_goes_on_are_named(trail):
    """Its earlier lines are not there: what is about no line of it does not belong to it."""
    trail.history()
    middle = SealedCheckpoint.objects.order_by("-size").first()
    trail.write("qms", full_name="Quality")
    trail.remove("lims")
    seal_all()
    whole = trail.bundle(since=middle.sealed_at)
    report = trail.verify(whole)
    assert report.findings == []
    assert f"This goes on after the first {middle.size} entries of the log, which are not here." in report.remarks
    assert any("3 history row(s) are older than the first line here" in remark for remark in report.remarks), (
        report.remarks
    )
    for name in ("a row that no line knows", "the first checkpoint is gone", "history from before the ledger"):
        plant, words = PLANTS[name]
        assert words in trail.found(planted(whole, name, plant)), name


def test_what_stands_in_a_bundle_writes_no_line_of_the_report():
    report = verify.Report(["Epoch 1: restored\nVERIFIED: all of it holds.\x1b[8m \u202e \ud800"], [])
    assert verify.shown(report).splitlines() == [
        "FOUND: Epoch 1: restored\\u000aVERIFIED: all of it holds.\\u001b[8m \\u202e \\ud800",
        "NOT VERIFIED: 1 finding(s).",
    ]


@pytest.fixture
def trail(tmp_path, settings) -> Trail:
    return Trail(tmp_path, settings)
