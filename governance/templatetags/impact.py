"""Template tags of impact: how a criticality and a difference look, always with a word."""

from __future__ import annotations

from django import template

register = template.Library()

CRITICALITIES = {"low": "mute", "medium": "info", "high": "warn", "critical": "bad"}
DIFFERENCES = {"removed": "bad", "renamed": "bad", "type": "warn", "values": "warn", "now_required": "warn"}


@register.inclusion_tag("governance/_pill.html")
def criticality(name: str) -> dict[str, str]:
    return {"word": name.capitalize(), "tone": CRITICALITIES.get(name, "mute"), "means": ""}


@register.inclusion_tag("governance/_pill.html")
def difference_of(what: str, word: str) -> dict[str, str]:
    """What happened to a field."""
    return {"word": word, "tone": DIFFERENCES.get(what, "mute"), "means": ""}
