"""Whether a signature is valid: computed each time from the token, the keys and the content, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from governance.errors import NotFound
from governance.models import Signature, SignatureWithdrawal, SigningKey
from governance.signing import jws, keys, subjects
from governance.signing.statement import STATEMENT_TYPE, WITHDRAWAL_TYPE, digest, digest_of_bytes


@dataclass(frozen=True)
class Verdict:
    """``problems`` are sentences; ``withdrawn`` says that the signer took it back."""

    problems: tuple[str, ...]
    withdrawn: str = ""

    @property
    def is_valid(self) -> bool:
        return not self.problems and not self.withdrawn

    @property
    def word(self) -> str:
        """For the page: valid, withdrawn or void."""
        return "valid" if self.is_valid else "withdrawn" if not self.problems else "void"

    @property
    def sentence(self) -> str:
        return " ".join((*self.problems, self.withdrawn)).strip()


def verdict_of(signature: Signature) -> Verdict:
    """Everything that could be wrong with it now."""
    try:
        said, problems = _read(signature, keys.ours([signature.key_id]).get(signature.key_id))
    except jws.NotGenuine as refused:
        return Verdict((refused.sentence,))
    return Verdict((*problems, *_of_chain(signature, said), *_of_content(said)), _withdrawn(signature))


def genuine(rows: Sequence[Signature]) -> tuple[Signature, ...]:
    """Those that the hub signed here, as they stand: a row that somebody wrote into the table is no signature."""
    known = keys.ours({one.key_id for one in rows})
    return tuple(one for one in rows if _is_genuine(one, known.get(one.key_id)))


def genuine_withdrawal(signature: Signature) -> SignatureWithdrawal | None:
    """Its withdrawal, where the hub signed that here for this signature and its signer. None where there is no such:
    a row that somebody wrote into the table takes nothing back.
    """
    row = getattr(signature, "withdrawal", None)
    if row is None:
        return None
    try:
        kid = jws.header_of(row.jws)["kid"]
        key = keys.ours([kid]).get(kid)
        said = jws.verify(row.jws, {kid: key.public} if key else {})
    except jws.NotGenuine:
        return None
    if key is None or said.get("type") != WITHDRAWAL_TYPE:
        return None
    return row if _says_withdrawn(row, said) and not [*_of_key(key, said), *_of_place(said)] else None


def _says_withdrawn(row: SignatureWithdrawal, said: dict[str, Any]) -> bool:
    """The row says what was signed, and that is the withdrawal of this signature by who gave it."""
    columns = (
        (digest_of_bytes(row.signature.jws.encode()), said["signature"]),
        (row.signature.person_id, said["signer"]["id"]),
        (row.person_id, said["signer"]["id"]),
        (row.person, said["signer"]),
        (row.reason, said["reason"]),
        (_utc(row.withdrawn_at), said["time"]["utc"]),
    )
    return all(stored == signed for stored, signed in columns)


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_genuine(row: Signature, key: SigningKey | None) -> bool:
    try:
        return not _read(row, key)[1]
    except jws.NotGenuine:
        return False


def _read(row: Signature, key: SigningKey | None) -> tuple[dict[str, Any], list[str]]:
    """What was signed, and what is wrong with row, key and place. Raises NotGenuine."""
    said = jws.verify(row.jws, {key.kid: key.public} if key else {})
    assert key is not None
    return said, [*_of_row(row, said), *_of_key(key, said), *_of_place(said)]


def counts_here(signature: Signature) -> bool:
    """Whether its token is genuine and was made in this installation, and not in a demonstration.

    What it signs is not compared with what is stored: that takes as long as the content is large.
    """
    key = keys.ours([signature.key_id]).get(signature.key_id)
    try:
        said = jws.verify(signature.jws, {key.kid: key.public} if key else {})
    except jws.NotGenuine:
        return False
    return not _of_place(said)


def _of_row(row: Signature, said: dict[str, Any]) -> list[str]:
    """The row says what the signed statement says: a signature moved to another record or version is none."""
    subject, policy = said.get("subject", {}), said.get("policy", {})
    columns = (
        (row.subject_kind, subject.get("type")),
        (row.subject_id, subject.get("id")),
        (row.subject_version, subject.get("version")),
        (row.subject_digest, subject.get("digest")),
        (row.subject_title, subject.get("title")),
        (row.change, said.get("change")),
        (row.meaning, said.get("meaning", {}).get("code")),
        (row.sentence, said.get("meaning", {}).get("sentence")),
        (row.person, said.get("signer")),
        (row.person_id, said.get("signer", {}).get("id")),
        (row.human_id, said.get("signer", {}).get("human")),
        (_utc(row.signed_at), said.get("time", {}).get("utc")),
        (row.zone, said.get("time", {}).get("zone")),
        (row.position, said.get("sequence", {}).get("position")),
        (row.step + 1, said.get("sequence", {}).get("step")),
        (row.policy, f"{policy.get('name')} {policy.get('version')}"),
        (row.policy_digest, policy.get("digest")),
        (row.is_demonstration, said.get("environment") == "development"),
        (row.previous, said.get("previous")),
        (row.reason, said.get("reason")),
        (digest_of_bytes(row.jws.encode()), row.digest),
        (said.get("type"), STATEMENT_TYPE),
    )
    if all(shown == signed for shown, signed in columns):
        return []
    return ["What is stored beside it is not what was signed: it was altered, or moved from another record."]


def _of_key(key: SigningKey, said: dict[str, Any]) -> list[str]:
    at = datetime.fromisoformat(said["time"]["utc"])
    if at < key.valid_from.replace(microsecond=0) or (key.valid_until is not None and at > key.valid_until):
        return ["Its key was not in use at the time that it states."]
    return []


def _of_place(said: dict[str, Any]) -> list[str]:
    if said["environment"] == "development" and not settings.DEVELOPMENT:
        return ["It was made in a demonstration and counts nowhere else."]
    if said["instance"] != settings.HUB_ORIGIN:
        return [f"It was made at {said['instance']}, not here."]
    return []


def _of_chain(row: Signature, said: dict[str, Any]) -> list[str]:
    before = Signature.objects.filter(
        subject_kind=row.subject_kind, subject_id=row.subject_id, position=row.position - 1
    ).first()
    expected = digest_of_bytes(before.jws.encode()) if before else ""
    if said["previous"] == expected and (before is not None or row.position == 1):
        return []
    return ["The signature before it is not the one that it names."]


def _of_content(said: dict[str, Any]) -> list[str]:
    subject = said["subject"]
    try:
        kind = subjects.get(subject["type"])
    except NotFound:
        return ["There is nothing of its kind here any more."]
    found = kind.recall(subject["id"])
    if found is None:
        return ["The record that was signed is not there any more."]
    if digest(kind.content(found)) != subject["digest"]:
        return ["The content was changed after it was signed."]
    if kind.version(found) != subject["version"]:
        return [f"It is for version {subject['version']}; the record is at {kind.version(found)} now."]
    return []


def _withdrawn(row: Signature) -> str:
    taken = genuine_withdrawal(row)
    return f"{taken.person['name']} withdrew it: {taken.reason}" if taken else ""
