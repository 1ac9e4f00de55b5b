"""A document on paper: PDF/A with its signatures, and within it the revision as it was hashed."""

from __future__ import annotations

from typing import Any

from dictionary.selectors.documents import Document
from governance.printing import Enclosure, imprint, pdf
from governance.signing.statement import canonical


def printed(found: Document, by: Any) -> bytes:
    """PDF/A-3b of one revision, taken by ``by``; the revision is enclosed where they may see it whole.

    Raises PrintingUnavailable.
    """
    return pdf(
        "dictionary/icds/print.html",
        {
            "document": found,
            "signatures": found.signatures,
            "imprint": imprint(number=found.key, version=found.version, status=found.status, by=by),
        },
        title=str(found.content.get("label", found.key)),
        language="en",
        enclosures=[] if found.left_out else [_enclosed(found)],
    )


def _enclosed(found: Document) -> Enclosure:
    content = canonical({"kind": "icd", "key": found.key, "content": found.content})
    says = f"{found.key} {found.version} in canonical JSON; its SHA-256 is the digest of the revision"
    return Enclosure(f"{found.key}-{found.version}.json", content, says)


def file_name(found: Document) -> str:
    return f"{found.key}-{found.version}.pdf"
