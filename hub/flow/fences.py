"""What no connection may reach on this machine, whoever proposes it: the hub's own files, keys and settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from connectors.errors import Misconfigured
from hub.env import SETTINGS


def within(loaded: Any) -> Any:
    """A connection's settings inside the folders of the installation; raises Misconfigured where they lie outside."""
    if getattr(loaded, "engine", "") == "sqlite":
        _check_database(Path(loaded.database).resolve())
    if settings.HUB_FILE_ROOTS and hasattr(loaded, "roots"):
        return dataclasses.replace(loaded, roots=tuple(settings.HUB_FILE_ROOTS))
    return loaded


def check_references(references: Mapping[str, str]) -> None:
    """Credentials name where they are kept; not the settings, keys or database of the hub itself."""
    own = {one.name for one in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS}
    for field, reference in references.items():
        place, _, name = str(reference).partition(":")
        if place == "env" and name in own:
            raise Misconfigured(f"The credential {field!r} names {name}, a setting of the hub itself.")
        if place == "file" and _is_ours(Path(name).resolve()):
            raise Misconfigured(f"The credential {field!r} names a file of the hub itself.")


def _check_database(path: Path) -> None:
    if _is_ours(path):
        raise Misconfigured(f"The database {str(path)!r} is the hub's own; no connection may open it.")
    roots = [Path(root).resolve() for root in settings.HUB_FILE_ROOTS]
    if roots and not any(path.is_relative_to(root) for root in roots):
        raise Misconfigured(
            f"The database {str(path)!r} lies outside of the folders that this installation allows (HUB_FILE_ROOTS)."
        )


def _is_ours(path: Path) -> bool:
    """What lies in the hub's home itself (keys, database); the folders below it hold the demonstration."""
    database = Path(str(settings.DATABASES["default"]["NAME"])).resolve()
    return path.parent == Path(settings.HUB_HOME).resolve() or path == database
