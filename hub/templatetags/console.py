"""Template tags of the console: icons, times, states, numbers and ids, each drawn in one way everywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import lucide
from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dictionary.values import json
from hub.console import places, words
from hub.flow.states import NEVER

register = template.Library()

ID = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
MINUTE, HOUR, DAY = 60, 3600, 86_400
COPYABLE = (
    '<span class="mono" title="{0}">{1}</span>'
    '<button class="copy" type="button" hidden data-needs-script data-copy="{0}" '
    'aria-label="Copy {0}" title="Copy">{2}</button>'
)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the lucide package as inline SVG; hidden from readers, since a word always goes with it."""
    drawn = lucide._render_icon(name, None, **{"class": f"icon {extra}".strip(), "aria-hidden": "true"})
    return mark_safe(drawn)  # noqa: S308 - from the package's own files; name and class are ours


@register.simple_tag
def when(moment: datetime | None, shape: str = "full") -> SafeString | str:
    """A time in UTC as "full", "minute", "second", "time" (of day), "ago" or "due"; "—" where there is none."""
    if moment is None or moment >= NEVER:
        return "—"
    utc = moment.astimezone(UTC)
    shown = {
        "full": f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        "minute": f"{utc:%Y-%m-%d %H:%M}",
        "second": f"{utc:%Y-%m-%d %H:%M:%S}",
        "time": f"{utc:%H:%M:%S}.{utc.microsecond // 1000:03}",
        "ago": ago(moment),
        "due": ago(moment) if moment > timezone.now() else "now",
    }[shape]
    return format_html('<time datetime="{}" title="{}">{}</time>', utc.isoformat(), _pointed_at(utc), shown)


def _pointed_at(utc: datetime) -> str:
    """In UTC, and as the clock of the site showed it, where the site's zone is set."""
    said, zone = f"{utc:%Y-%m-%d %H:%M:%S} UTC", settings.HUB_SITE_ZONE
    return f"{said}, {utc.astimezone(zone):%Y-%m-%d %H:%M:%S} in {zone.key}" if zone else said


def ago(moment: datetime) -> str:
    """How long since, or until, in the largest unit that says enough."""
    since = timezone.now() - moment
    return f"in {span(-since)}" if since < timedelta(0) else f"{span(since)} ago"


def span(length: timedelta) -> str:
    """7 s, 12 min, 3 h, 5 d."""
    seconds = int(length.total_seconds())
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


@register.filter
def at(held: dict[str, Any], key: str) -> Any:
    """What a dictionary holds under a key; the key itself where it holds nothing."""
    return held.get(key, key)


@register.filter
def figure(number: int | None) -> str:
    """1,234; "—" where there is none."""
    return "—" if number is None else f"{number:,}"


@register.filter
def duration(milliseconds: int | None) -> str:
    """12 ms, 3.4 s, 12 min."""
    if milliseconds is None:
        return "—"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    return span(timedelta(milliseconds=milliseconds))


@register.filter
def percent(part: float | None) -> str:
    return "—" if part is None else f"{part * 100:.2f} %"


@register.simple_tag
def pill(state: str) -> SafeString:
    """The state of a message, delivery or plan."""
    return _pill(words.state(state))


@register.simple_tag
def standing(one: Any) -> SafeString:
    """How an interface is doing."""
    drawn = "circle-pause" if one.word == "Paused" else words.TONE_ICONS[one.tone]
    return _pill(words.Shown(one.word, one.tone, drawn))


@register.simple_tag
def badge(word: str, tone: str = "mute") -> SafeString:
    """A word with its tone's icon."""
    return _pill(words.Shown(word, tone, words.TONE_ICONS[tone]))


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """The icon alone, in its tone; the word must stand beside it."""
    shown = words.state(state)
    return icon(shown.icon, shown.tone)


@register.filter
def state_word(state: str) -> str:
    return words.state(state).word


@register.filter
def state_tone(state: str) -> str:
    return words.state(state).tone


@register.filter
def passed(states: str) -> str:
    """The states that a step passed, in words."""
    return " → ".join(words.state(one).word for one in states.split(",") if one)


@register.filter
def outcome_word(outcome: str) -> str:
    return words.outcome(outcome).word


@register.filter
def reason_word(reason: str) -> str:
    return words.reason(reason)


@register.filter
def tone_icon(tone: str) -> str:
    return words.TONE_ICONS[tone]


@register.filter
def act_icon(name: str) -> str:
    """Of pause and resume."""
    return "pause" if name == "pause" else "play"


@register.filter
def is_web(address: str) -> bool:
    """Whether a target's address may be a link: only http and https (a target could send javascript:)."""
    return address.startswith(("https://", "http://"))


@register.filter
def shown_value(value: Any) -> str:
    """A value of a record: text as it is, a quantity with its unit, all else as JSON; "—" where there is none."""
    if value is None or value == "":
        return "—"
    if _is_quantity(value):
        return f"{value['value']} {value['unit']}"
    return value if isinstance(value, str) else json.dumps(value).decode()


def _is_quantity(value: Any) -> bool:
    is_like_one = isinstance(value, dict) and value.keys() == {"value", "unit"}
    return is_like_one and not any(one is None or isinstance(one, dict | list) for one in value.values())


@register.filter
def guarantee_word(name: str) -> str:
    return words.GUARANTEES[name][0]


@register.filter
def guarantee_sentence(name: str) -> str:
    return words.GUARANTEES[name][1]


@register.filter
def brief(sentence: Any) -> Any:
    """A sentence in which ids stand by their ends; whole where one points at them."""
    if not isinstance(sentence, str) or not ID.search(sentence):
        return sentence
    parts = ID.split(sentence)  # text, id, text, id … text
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return format_html_join("", "{}{}", ((text, _short_id(found) if found else "") for text, found in pairs))


@register.filter
def is_id(value: Any) -> bool:
    """Whether it begins as an id or a digest of the hub does."""
    return isinstance(value, str) and bool(ID.match(value) or value.startswith("sha256:"))


def _short_id(found: str) -> SafeString:
    return format_html('<span class="mono" title="{0}">{1}…{2}</span>', found, found[:4], found[-6:])


@register.filter
def underscores(name: str) -> str:
    """lower_snake as words."""
    return str(name).replace("_", " ")


@register.filter
def validation_word(name: str) -> str:
    """The validation state of a system."""
    return words.VALIDATIONS.get(name, "Not said")


@register.simple_tag
def page_of(kind: str, key: str) -> str:
    """The address of a thing's page; "" where it has none."""
    return places.address(kind, key)


@register.simple_tag
def identity(value: Any, short: int = 0) -> SafeString:
    """An id in monospace with a copy button, which shows up where scripts run."""
    text = str(value)
    shown = f"{text[:8]}…{text[-short:]}" if short and len(text) > short + 9 else text
    return format_html(COPYABLE, text, shown, icon("copy", "small"))


def _pill(shown: words.Shown) -> SafeString:
    return format_html('<span class="pill is-{}">{}{}</span>', shown.tone, icon(shown.icon), shown.word)
