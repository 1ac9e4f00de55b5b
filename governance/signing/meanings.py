"""What a signature means (21 CFR 11.50(a)(3)): a code for machines and the sentence that the signer reads and signs."""

from __future__ import annotations

MEANINGS: dict[str, tuple[str, str]] = {}


def mean(code: str, label: str, sentence: str) -> None:
    """Register a meaning; higher floors add their own when they start."""
    if MEANINGS.get(code, (label, sentence)) != (label, sentence):
        raise ValueError(f"The meaning {code} already has another sentence.")
    MEANINGS[code] = (label, sentence)


def label_of(code: str) -> str:
    return MEANINGS[code][0]


def sentence_of(code: str) -> str:
    """The sentence that is shown and signed. Raises KeyError for a meaning that nobody registered."""
    return MEANINGS[code][1]


mean("authored", "Authorship", "I prepared this content and answer for it.")
mean("reviewed", "Review", "I reviewed this content, and it is correct and complete as far as my field goes.")
mean("approved", "Approval", "I approve this content for its intended use.")
mean("released", "Release", "I release this content: it may come into force at its time.")
mean("verified", "Verification", "I verified that this works as it was approved.")
mean("closed", "Closure", "I looked at everything that belongs to this and close it.")
mean("rejected", "Rejection", "I reject this content: it may neither come into force nor stay in force.")
mean("acknowledged", "Acknowledgement", "I have read this and will act by it.")
