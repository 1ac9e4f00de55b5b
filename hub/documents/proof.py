"""What a document must hold before its interface carries production traffic. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary.documents import parts

PRODUCTION = "production"
STAGES = ("test", PRODUCTION)


def stage_of(interface: Mapping[str, Any]) -> str:
    """``test`` where nothing is said: what is new proves itself first."""
    return str(interface.get("stage", "test"))


def gaps(interface: str, icd: str, document: Mapping[str, Any]) -> list[str]:
    """What a document lacks to stand for an interface in production."""
    start = f"The interface {interface!r} cannot carry production traffic: its document {icd}"
    if interface not in document.get("interfaces", ()) or interface not in document.get("generated", {}):
        return [f"{start} does not describe it. Name the interface in the document, or keep its stage at test."]
    if absent := parts.missing(document):
        return [f"{start} says nothing about: {', '.join(absent)}."]
    return []
