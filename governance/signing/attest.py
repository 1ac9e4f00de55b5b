"""A second person attests, with a reason and without a page of signing.

Callers say what is attested, with which meaning, and who may not be the one (separation of duties, judged on
persons). Where the act has a page, the ceremony takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from governance.guard.context import change, check_reason
from governance.models import Attestation
from governance.signing import separation
from governance.signing.rules import check_signer
from governance.signing.statement import digest


def attest(
    *, meaning: str, subject: tuple[str, str], content: Any, by: Any, reason: str, not_by: Iterable[str] = ()
) -> Attestation:
    """Record that ``by`` stands behind ``content`` (JSON-able) of ``subject`` (kind, id).

    ``not_by`` are ids of actors who may not be this person: the author, co-editors.
    """
    check_signer(by)
    separation.check_another(by, set(not_by))
    check_reason(reason)
    actor = by.as_actor()
    with change(by=by, reason=reason):
        made = Attestation(
            meaning=meaning,
            subject_kind=subject[0],
            subject_id=subject[1],
            subject_digest=digest(content),
            person=actor.frozen(),
            person_id=actor.id,
            reason=reason.strip(),
        )
        made.save()
    return made
