"""Template tags of change control: where something is proposed, and how kinds and states of changes look."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from governance.changes.deciding.voiding import without_names
from governance.changes.told import stage_words
from governance.console import places
from governance.permissions import why_not_propose

register = template.Library()

KINDS = {
    "editorial": ("Editorial", "mute", "words only, meaning as before"),
    "compatible": ("Compatible", "ok", "what worked before works as before"),
    "semantic": ("Semantic", "warn", "the meaning of values changes"),
    "breaking": ("Breaking", "bad", "what worked before may not work any more"),
}
TONES = {
    "draft": "mute",
    "assessed": "info",
    "planned": "info",
    "approved": "info",
    "implemented": "info",
    "ready": "info",
    "released": "ok",
    "verified": "ok",
    "effectiveness": "warn",
    "closed": "ok",
    "rejected": "mute",
    "cancelled": "mute",
    "on_hold": "warn",
    "rolled_back": "bad",
}
RISKS = {"low": ("Low risk", "ok"), "medium": ("Medium risk", "warn"), "high": ("High risk", "bad")}


@register.simple_tag
def maker(kind: str) -> str:
    """The address where a new object of the kind is proposed."""
    return places.maker_of(kind)


@register.inclusion_tag("governance/proposals/_actions.html", takes_context=True)
def propose_actions(context: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
    """ "Propose a change" and "Retire" of one object; disabled, with the sentence, for who may not."""
    why_not = why_not_propose(context["user"], kind, key)
    return {
        "key": key,
        "why_not": why_not,
        "editor": places.editor_of(kind, key),
        "retire": reverse("propose-retire", args=[kind, key]),
    }


@register.inclusion_tag("governance/proposals/_new.html", takes_context=True)
def propose_new(context: dict[str, Any], kind: str, word: str) -> dict[str, Any]:
    """ "New …" of one kind; disabled, with the sentence, for who may not."""
    why_not = why_not_propose(context["user"], kind, "")
    return {
        "kind": kind,
        "word": word,
        "maker": places.maker_of(kind),
        "why_not": why_not,
    }


@register.inclusion_tag("governance/_pill.html")
def change_kind(name: str) -> dict[str, str]:
    """Editorial, compatible, semantic or breaking, with what that means."""
    word, tone, means = KINDS.get(name, (name, "mute", ""))
    return {"word": word, "tone": tone, "means": means}


@register.filter
def unnamed(sentence: str) -> str:
    """Why a change was stopped, for a list whose reader may not see all that it reaches."""
    return without_names(sentence)


@register.inclusion_tag("governance/_pill.html")
def change_state(row: Any) -> dict[str, str]:
    """Where a change request stands; what is in force before its approval stands out."""
    tone = "bad" if stage_words.is_unapproved(row) else TONES[row.state]
    return {"word": stage_words.stage_of(row), "tone": tone, "means": ""}


@register.filter
def stage(row: Any) -> str:
    """Where the request stood in this version of its history."""
    return stage_words.stage_of(row)


@register.inclusion_tag("governance/_pill.html")
def change_risk(name: str) -> dict[str, str]:
    word, tone = RISKS.get(name, ("Not assessed", "mute"))
    return {"word": word, "tone": tone, "means": ""}
