"""``make bench-verify``: leaves a second sealed and verified, beside plain SHA-256 over the same bytes, as JSON lines.

A ledger of its own, in an SQLite file that is thrown away: lines of governed rows as the triggers write them, with
their history rows. Sealed through the real sealer, exported, verified by verify.py in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

LINES = 20_000
ONLY_LEAVES = 1_000_000  # of a log without rows, written as a bundle directly
A_CHECKPOINT = 500  # leaves


def main() -> int:
    lines = int(sys.argv[1]) if sys.argv[1:] else LINES
    with tempfile.TemporaryDirectory(prefix="interlock-bench-") as home:
        os.environ.update(HUB_HOME=home, HUB_LOG_LEVEL="ERROR", DJANGO_SETTINGS_MODULE="hub.settings")
        import django

        django.setup()
        for figures in (*_sealed(Path(home), lines), _streamed(Path(home), ONLY_LEAVES)):
            print(json.dumps(figures), flush=True)
    return 0


def _sealed(home: Path, lines: int) -> Iterator[dict]:
    """Real rows: written, sealed, exported, verified."""
    from django.core.management import call_command

    from governance.ledger.export.bundle import export
    from governance.ledger.keys import make_key
    from governance.ledger.seal import seal
    from governance.ledger.verify import LEAVES
    from governance.models import SealedLeaf

    call_command("migrate", verbosity=0)
    make_key(home / "seal_key")
    seal()
    _write(lines)
    before, begun = SealedLeaf.objects.count(), time.perf_counter()
    seal()
    sealed = SealedLeaf.objects.count() - before
    seconds = time.perf_counter() - begun
    yield {"what": "sealed", "leaves": sealed, "seconds": round(seconds, 2), "a_second": round(sealed / seconds)}
    begun = time.perf_counter()
    export(home / "bundle")
    seconds = time.perf_counter() - begun
    yield {"what": "exported", "leaves": sealed, "seconds": round(seconds, 2), "a_second": round(sealed / seconds)}
    yield _verified("verified, rows beside it", home / "bundle", home / "seal_key.pub", (home / "bundle" / LEAVES))


def _write(lines: int) -> None:
    """Governed rows through the ORM, two lines of history each: made, and changed."""
    from governance.actors import DEMONSTRATION
    from governance.guard.context import change
    from governance.models import Person
    from governance.models.together import change_together, create_together

    for start in range(0, lines // 2, 1000):
        some = range(start, min(start + 1000, lines // 2))
        with change(by=DEMONSTRATION, reason="Rows of a measurement"):
            rows = [Person(username=f"p{number}", full_name=f"Person {number}", password="!") for number in some]
            create_together(rows)
        with change(by=DEMONSTRATION, reason="Rows of a measurement"):
            for row in rows:
                row.title = "Measured"
            change_together(rows, ["title"])


def _streamed(home: Path, leaves: int) -> dict:
    """A log of many leaves without rows: what the tree, the chain and reading cost, and how much memory."""
    from datetime import UTC, datetime

    from governance.ledger import verify
    from governance.ledger.checkpoint import Statement, signed
    from governance.ledger.keys import make_key

    folder, key = home / "large", make_key(home / "large_key")
    folder.mkdir()
    tree, previous = verify.Tree(), "none"
    with (folder / verify.LEAVES).open("wb") as file, (folder / verify.CHECKPOINTS).open("wb") as notes:
        for number in range(leaves):
            leaf = verify.canonical({"kind": "prepared", "number": number, "content": {"messages": ["x" * 36] * 8}})
            file.write(leaf + b"\n")
            tree.append(hashlib.sha256(b"\x00" + leaf).digest())
            if tree.size % A_CHECKPOINT == 0 or tree.size == leaves:
                at = datetime(2026, 11, 22, tzinfo=UTC)
                statement = Statement("bench/1", 0, tree.size, tree.root(), at, previous, "none", "bench")
                note = signed(statement, key)
                previous = note.digest
                notes.write(json.dumps(note.note).encode() + b"\n")
    for name in (verify.UNSEALED, verify.HISTORY, verify.EVENTS, verify.PRESENT):
        (folder / name).touch()
    (folder / verify.LAST).write_text(note.note)
    (folder / verify.KEYS).write_text(key.public)
    (folder / verify.PROGRAM).write_bytes(Path(verify.__file__).read_bytes())
    start = {"size": 0, "roots": []}
    manifest = {"format": verify.FORMAT, "origin": note.origin, "start": start, "history": {}, "rows": {}}
    (folder / verify.MANIFEST).write_bytes(verify.canonical(manifest))
    (folder / verify.SUMS).write_text(verify.sums_of(folder))
    return _verified("verified, leaves alone", folder, home / "large_key.pub", folder / verify.LEAVES)


def _verified(what: str, folder: Path, key: Path, leaves: Path) -> dict:
    """verify.py as an inspector runs it, and a plain SHA-256 of each leaf in the same interpreter."""
    from governance.ledger import verify

    count, plain = _plain(leaves)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", verify.__file__, folder, "--key", key], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    speed = {"seconds": round(seconds, 2), "a_second": round(count / seconds), "most_memory_mb": memory}
    return {"what": what, "leaves": count, **speed, "times_plain_sha256": round(seconds / plain, 1)}


def _plain(leaves: Path) -> tuple[int, float]:
    begun, count = time.perf_counter(), 0
    with leaves.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()
            count += 1
    return count, time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
