"""Reads the files of ``content/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "content"


@cache
def content(name: str) -> Any:
    """One YAML file. Shared by all who ask: nobody may change what it gives."""
    return parsed(text(f"{name}.yaml"))


def parsed(document: str) -> Any:
    """YAML by its C parser: the other one would take most of the time of a second start."""
    return yaml.load(document, Loader=yaml.CSafeLoader)


def text(name: str) -> str:
    """One file as it stands."""
    return (FOLDER / name).read_text(encoding="utf-8")


def filled(value: Any, **slots: Any) -> Any:
    """A copy in which ``{name}`` stands replaced in every text, and in no other way."""
    if isinstance(value, dict):
        return {key: filled(inner, **slots) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, **slots) for inner in value]
    if isinstance(value, str):
        for name, new in slots.items():
            value = value.replace("{" + name + "}", str(new))
    return value
