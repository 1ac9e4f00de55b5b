"""What a signature says, and what its withdrawal says. Pure.

The one spelling of both is that of governance/canonical.py, which is to be had here, too: who signs needs both.
"""

from __future__ import annotations

from typing import Any

from governance.canonical import NotCanonical, canonical, digest, digest_of_bytes, plain

__all__ = [
    "STATEMENT_TYPE",
    "WITHDRAWAL_TYPE",
    "NotCanonical",
    "canonical",
    "digest",
    "digest_of_bytes",
    "plain",
    "signed_statement",
    "withdrawal_statement",
]

STATEMENT_TYPE = "interlock/signature/2"
WITHDRAWAL_TYPE = "interlock/signature-withdrawal/1"


def signed_statement(
    *,
    instance: str,
    environment: str,
    subject: dict[str, str],
    change: str,
    meaning: dict[str, str],
    signer: dict[str, Any],
    authenticated: dict[str, Any],
    time: dict[str, str],
    sequence: dict[str, Any],
    policy: dict[str, str],
    previous: str,
    nonce: str,
    reason: str,
) -> dict[str, Any]:
    """What a signature says (21 CFR 11.50(a), 11.70). Its canonical bytes are what is signed.

    ``subject``: type, id, version, title, digest (of the canonical content including children). ``meaning``: code and
    the sentence shown. ``signer``: id, human (which human being: accounts of one share it), name, title, roles.
    ``time``: utc and zone. ``sequence``: position among the signatures of the subject, step of the policy.
    ``previous``: hash of the signature before it, "" for the first.
    """
    return {
        "type": STATEMENT_TYPE,
        "instance": instance,
        "environment": environment,
        "subject": subject,
        "change": change,
        "meaning": meaning,
        "signer": signer,
        "authenticated": authenticated,
        "time": time,
        "sequence": sequence,
        "policy": policy,
        "previous": previous,
        "nonce": nonce,
        "reason": reason,
    }


def withdrawal_statement(
    *, instance: str, environment: str, signature: str, signer: dict[str, Any], time: dict[str, str], reason: str
) -> dict[str, Any]:
    """What a signer says who takes their own signature back; ``signature`` is its hash."""
    return {
        "type": WITHDRAWAL_TYPE,
        "instance": instance,
        "environment": environment,
        "signature": signature,
        "signer": signer,
        "time": time,
        "reason": reason,
    }
