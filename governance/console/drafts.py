"""A proposal on its way: what a person has filled in so far, as fields or as text, with the base they saw."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.changes import effective, kinds
from governance.changes.kinds import Content, Kind
from governance.changes.operation import Operation
from governance.changes.proposing import drafting
from governance.console import places, query
from governance.errors import Refused
from governance.models import ChangeOperation, Revision
from governance.shapes import Field, Frame, build, place, read
from governance.shapes.field import HERE, ROOT
from governance.shapes.text import LARGEST, check_text, loaded

MODES = ("form", "text", "ready")  # fields, YAML, or content that passed its check and waits for a reason
OWN_NAMES = frozenset(
    {"csrfmiddlewaretoken", "do", "base", "seen", "mode", "shaped_by", "text", "content", "title", "reason"}
)


@dataclass
class Draft:
    """``key`` is "" while the object is new. ``problems`` are sentences, ``beside`` those of one input (name, text)."""

    user: Any
    kind: Kind
    key: str
    base: str
    content: Content
    mode: str = "form"
    text: str = ""
    title: str = ""
    reason: str = ""
    change: str = ""  # number of the draft change request that it goes into; "" makes one of its own
    seen: int = 0  # row_version of that draft's operation on it, as this person saw it; 0 is none
    extra: dict[str, str] = field(default_factory=dict)  # what a kind's own editor asks for beside the content
    problems: list[str] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)

    @property
    def operation(self) -> Operation:
        key = self.key or str(self.content.get("key", ""))
        return Operation(self.kind.name, key, self.content, self.base)

    @property
    def is_sound(self) -> bool:
        return not self.problems and not self.beside

    @property
    def ready(self) -> str:
        """The content as a hidden field carries it to the last step."""
        return json.dumps(self.content, ensure_ascii=False)

    @property
    def shaped_by(self) -> str:
        return str(self.content.get(self.kind.shaped_by, "")) if self.kind.shaped_by else ""

    def form(self) -> Field:
        """The fields with every sentence beside its own; what belongs to none is left in ``problems``."""
        made = build(frame_of(self.user, self.kind, self.content), self.content)
        if self.key and (held := made.child("key")):
            held.widget = "fixed"
        named = {one.name: one for one in made.walk()}
        for name, sentence in self.beside:
            if name in named:
                named[name].problems.append(sentence)
            elif sentence not in self.problems:
                self.problems.append(sentence)
        self.problems = place(made, self.problems)
        return made

    def as_text(self) -> str:
        return self.text or (self.kind.render(self.content) if self.content else "")


def frame_of(user: Any, kind: Kind, content: Content) -> Frame:
    """The kind's schema with what the user may refer to."""
    found = places.place_of(kind.name)

    def offered(at: str) -> list[tuple[str, str]] | None:
        return places.choices(user, kind.links[at]) if at in kind.links else None

    return Frame(kind.schema(content), offered, found.helps if found else {})


def begun(user: Any, kind: Kind, key: str, change: str = "") -> Draft:
    """The first look: what is in force, what the draft change request holds already, or an empty form."""
    revision = effective.revision_of(kind.name, key) if key else None
    held = ChangeOperation.objects.filter(change__number=change, kind=kind.name, key=key).first() if change else None
    found = (held.content if held else None) or (revision.content if revision else None)
    begun_from = held.base if held else revision  # where another version came since, the check says so
    base, seen = begun_from.version if begun_from else "", held.row_version if held else 0
    return Draft(user, kind, key, base, dict(found or {}), change=change, seen=seen)


def taken(user: Any, kind: Kind, key: str, posted: Mapping[str, str], more: Collection[str] = ()) -> Draft:
    """The draft as a browser sent it back. What cannot be read is among its problems; nothing is lost."""
    mode = posted.get("mode", "form")
    base = posted.get("base", "").replace("\x00", "")[:32]
    draft = Draft(user, kind, key, base, {}, mode if mode in MODES else "form")
    draft.title, draft.reason = posted.get("title", "").strip(), posted.get("reason", "")
    draft.seen = seen_in(posted)
    draft.extra = {name: posted[name].replace("\r\n", "\n") for name in more if name in posted}
    unknown = [name for name in posted if name not in OWN_NAMES and name not in more and not _is_field(name)]
    {"form": _from_form, "text": _from_text, "ready": _from_ready}[draft.mode](draft, posted, unknown)
    if sentence := query.unknown_field(unknown, ()):
        draft.problems.append(sentence)
    try:
        check_text(draft.content)  # an escape such as \\u0000 shows only now
    except (ValueError, RecursionError) as error:
        draft.problems.append(f"This cannot be taken: {error}.")
        draft.content = {}
    if key:
        draft.content.setdefault("key", key)
    return draft


def seen_in(posted: Mapping[str, str]) -> int:
    """The version of the draft's operation that a form was made from; 0 for none, and for what is no number."""
    seen = posted.get("seen", "")[:9]
    return int(seen) if seen.isascii() and seen.isdecimal() else 0


def with_row(posted: Mapping[str, str], act: str) -> dict[str, str]:
    """What was posted, with one more row ("add:f.routes") or one less ("remove:f.routes.2")."""
    what, _, name = act.partition(":")
    if what == "remove":
        return {one: text for one, text in posted.items() if one != name and not one.startswith(f"{name}.")}
    start = f"{name}."
    numbers = [one[len(start) :].partition(".")[0] for one in posted if one.startswith(start)]
    following = max((int(one) for one in numbers if one.isdecimal() and len(one) < 6), default=-1) + 1
    return {**posted, f"{name}.{following}.{HERE}": "1"}


def _is_field(name: str) -> bool:
    return name.startswith(f"{ROOT}.")


def _from_form(draft: Draft, posted: Mapping[str, str], unknown: list[str]) -> None:
    was_shaped_by = posted.get("shaped_by", "")
    frame = frame_of(draft.user, draft.kind, {draft.kind.shaped_by: was_shaped_by} if draft.kind.shaped_by else {})
    fields = {name: text for name, text in posted.items() if _is_field(name)}
    if draft.key:
        fields[f"{ROOT}.key"] = draft.key
    keeps_blank = posted.get("do", "") != "check"
    reading = read(frame, fields, original_of(draft), keeps_blank=keeps_blank)
    draft.content = reading.content
    draft.beside += reading.problems
    unknown += reading.unknown
    if draft.shaped_by != was_shaped_by:
        _reshape(draft, is_judged=posted.get("do", "") == "check")


def _reshape(draft: Draft, *, is_judged: bool) -> None:
    """Another connector has other settings: what it does not know is left behind; who wanted a verdict is told."""
    schema = draft.kind.schema(draft.content)
    for name, part in schema["properties"].items():
        held = draft.content.get(name)
        if isinstance(held, dict) and "properties" in part:
            draft.content[name] = {one: value for one, value in held.items() if one in part["properties"]}
    word = draft.kind.shaped_by
    if is_judged:
        draft.problems.append(
            f"The {word} is now {draft.shaped_by or 'none'}: fill in what it asks for, then check again."
        )


def _from_text(draft: Draft, posted: Mapping[str, str], unknown: list[str]) -> None:
    draft.text = posted.get("text", "").replace("\r\n", "\n")
    try:
        found = loaded(draft.text)
    except Refused as refused:
        draft.beside.append(("text", refused.sentence))
        return
    if isinstance(found, dict):
        draft.content = found
    else:
        draft.beside.append(("text", "The text must be a list of names with their values, such as “label: …”."))


def _from_ready(draft: Draft, posted: Mapping[str, str], unknown: list[str]) -> None:
    try:
        found = json.loads(posted.get("content", "")[: 2 * LARGEST])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        draft.content = found
    else:
        draft.problems.append("What was checked did not come back whole. Go back to the form and check it again.")


def is_new_in(change: str, kind: str, key: str) -> bool:
    """Whether the draft change request makes this object."""
    return ChangeOperation.objects.filter(change__number=change, kind=kind, key=key, base=None).exists()


def together(draft: Draft) -> list[Operation]:
    """What the draft change request that it goes into does beside it."""
    return drafting.together(draft.change, draft.operation) if draft.change else []


def original_of(draft: Draft) -> Content:
    """The content that the author began from, so that an empty value of it stays the empty value that it was."""
    found = Revision.objects.filter(kind=draft.kind.name, key=draft.key, version=draft.base).first()
    return (found.content if found else None) or {}


def kind_named(name: str) -> Kind | None:
    return next((kind for kind in kinds.each() if kind.name == name), None)
