"""An object's history as a page shows it: who, when, why, with which build, and what was different afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models

from governance.changes.proposing.difference import compare
from governance.models import GovernedModel
from governance.reading.fields import shown

PER_PAGE = 50
ACTS = {"+": "Made", "~": "Changed", "-": "Removed"}
UNTOLD = ("id", "row_version")

Words = Mapping[str, Callable[[Any], Any]]  # column → how its values are said


@dataclass(frozen=True, slots=True)
class Version:
    """One row of history. ``changes`` are (name, before, after); before is None where the row was made."""

    at: datetime
    act: str
    who: str
    roles: str
    why: str
    ticket: str
    source: str
    build: str
    row_version: int
    row_hash: str
    changes: tuple[tuple[str, Any, Any], ...]


def is_kept(model: type[models.Model]) -> bool:
    """Whether the table has a history: what is append-only or moved by the engine has none."""
    return issubclass(model, GovernedModel)


def last_known(model: Any, pk: Any) -> Any:
    """The object as its last history row says, where it was removed since; None where there never was one."""
    row = model.history.filter(pk_of_row(model, pk)).order_by("-history_date", "-history_id").first()
    return row.instance if row else None


def versions(model: Any, pk: Any, page: str | None, hidden: Sequence[str] = (), words: Words | None = None) -> Page:
    """The newest first; two queries, whatever the number of versions. Choices are said by their labels."""
    rows = model.history.filter(pk_of_row(model, pk)).order_by("-row_version", "-history_date", "-history_id")
    found = Paginator(rows, PER_PAGE).get_page(page)
    start = (found.number - 1) * PER_PAGE
    window = list(rows[start : start + PER_PAGE + 1])  # one more, to compare the last one with
    names = [field.attname for field in shown(model, hidden) if field.name not in UNTOLD]
    said = {**_choices(model), **(words or {})}
    older = [*window[1:], None]
    found.object_list = [
        version_of(row, before, names, said) for row, before in zip(window[:PER_PAGE], older, strict=False)
    ]
    return found


def _choices(model: Any) -> dict[str, Callable[[Any], Any]]:
    chosen = [field for field in model._meta.concrete_fields if field.choices]
    return {field.attname: partial(_label, dict(field.flatchoices)) for field in chosen}


def _label(labels: Mapping[Any, str], value: Any) -> Any:
    return labels.get(value, value)


def pk_of_row(model: Any, pk: Any) -> models.Q:
    return models.Q(**{model._meta.pk.attname: pk})


def version_of(row: Any, before: Any, names: Sequence[str], words: Words | None = None) -> Version:
    """A history row told beside the one ``before`` it (None where the row was made), by these columns."""
    actor = row.act_actor
    return Version(
        at=row.act_recorded_at,
        act=ACTS[row.history_type],
        who=actor.get("name", ""),
        roles=", ".join(actor.get("roles", ())),
        why=row.act_reason,
        ticket=row.act_ticket,
        source=row.act_source,
        build=row.act_fingerprint,
        row_version=row.row_version,
        row_hash=row.row_hash,
        changes=tuple(_changes(row, before, names, words or {})) if row.history_type != "-" else (),
    )


def _changes(row: Any, before: Any, names: Sequence[str], words: Words) -> list[tuple[str, Any, Any]]:
    """Foreign keys are told as ids: what they point to may be gone."""
    found = []
    for name in names:
        if not hasattr(row, name):
            continue  # not copied into history
        label, new, old = name.removesuffix("_id").replace("_", " "), getattr(row, name), getattr(before, name, None)
        if isinstance(new, dict) and isinstance(old, dict | None):
            lines = compare(old or {}, new)
            found += [(f"{label} {line['field']}", _told(line["old"]), _told(line["new"])) for line in lines]
        elif new != old:
            say = words.get(name, _told)
            found.append((label, None if before is None else say(old), say(new)))
    return found


def _told(value: Any) -> Any:
    """Lists and objects as JSON; everything else as it is."""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else value
