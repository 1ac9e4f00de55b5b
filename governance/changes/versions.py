"""Semantic versions of controlled content. Pure."""

from __future__ import annotations

FIRST = "1.0.0"


def following(version: str | None, change_kind: str) -> str:
    """The next version: editorial → patch, compatible → minor, breaking or semantic → major (semver.org)."""
    if version is None:
        return FIRST
    major, minor, patch = (int(part) for part in version.split("."))
    if change_kind == "editorial":
        return f"{major}.{minor}.{patch + 1}"
    if change_kind == "compatible":
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"
