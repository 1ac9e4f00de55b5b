"""What people call a kind of object in the middle of a sentence: "mapping", "local term", "ICD".

Kinds tell their labels when they are registered; who refuses below them, such as the rights, says the same word.
"""

from __future__ import annotations

_labels: dict[str, str] = {}


def called(kind: str, label: str) -> None:
    """Register the label of a kind."""
    _labels[kind] = label


def noun(kind: str) -> str:
    """The noun of a kind; another name with its underscores away."""
    label = _labels.get(kind) or kind.replace("_", " ")
    return label if label.isupper() else label[:1].lower() + label[1:]
