"""``python deploy/backup/drill.py``: a rehearsal of the worst day, on a demonstration of its own.

A busy hub is backed up while messages arrive, then killed. It is restored into an empty database and started. Proven
is that nothing is missing which was acknowledged before the backup began, that what the backup holds is what was
there, that its keys open it, that what it calls delivered stands at the target, and that this is not delivered again.
``--postgresql URL`` of a role that may create databases runs it there, otherwise it runs on SQLite. The exit status is
0 only where every line holds.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from proof import Proof
from rehearsal import MESSAGES, Rehearsal
from surroundings import run


def main() -> int:
    arguments = _arguments()
    home = Path(tempfile.mkdtemp(prefix="interlock-drill-"))
    with Rehearsal(home, arguments.postgresql) as stage:
        proof = _play(stage)
    print(proof.table())
    if proof.holds:
        shutil.rmtree(home, ignore_errors=True)
        print("The drill succeeded: a hub can be brought back from this backup.")
        return 0
    print(f"The drill failed. What was made stands in {home}.")
    return 1


def _play(stage: Rehearsal) -> Proof:
    """The day in order; each act says what it proves."""
    proof = Proof()
    stage.prepare()
    stage.serve(stage.original)
    stage.send_until(MESSAGES)
    stage.wait_for_deliveries(MESSAGES // 4)
    before = stage.acknowledged()
    print(f"{len(before)} messages were acknowledged before the backup.")
    folder = stage.back_up()
    stage.send_until(len(before) + MESSAGES // 4)
    stage.kill()
    status, said = stage.restore(folder)
    print(said)
    proof.add("restored as the manifest says, keys open it", 0, status)
    there = stage.evidence.messages()
    proof.add("acknowledged messages that the restored hub holds", len(before), len(before & there))
    proof.add("audit events of before the backup that are missing", 0, stage.evidence.missing_audit_events(stage.begun))
    settled = stage.evidence.delivered(stage.restored)
    print(f"{len(settled)} messages had been delivered before the backup.")
    stage.target.forget()
    stage.serve(stage.restored)
    proof.add("of those, delivered or in a person's hands", len(before), stage.wait_until_settled(before))
    stage.kill()
    delivered = stage.evidence.delivered(stage.restored) & before
    proof.add("delivered ones whose record stands at the target", len(delivered), len(delivered & stage.target.holds()))
    proof.add("sent again although delivered before the backup", 0, len(settled & stage.target.written()))
    proof.add("records at the target that a repeat changed", 0, stage.target.changed())
    lost = len(stage.acknowledged() - there)
    print(f"Acknowledged after the backup, so unknown to the restored hub: {lost}. Their senders send them again.")
    return proof


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", default="", metavar="URL", help="a role that may create databases")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(main))
