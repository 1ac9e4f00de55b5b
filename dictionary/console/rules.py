"""Rules of a mapping as rows of the editor: what each target needs at hand, and the rest one fold away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dictionary.permissions import visible_code_lists, visible_elements, visible_entities
from dictionary.values.unit_names import Words, described, found
from governance.changes.kinds import Content
from governance.shapes import Field

OFFERED_UNITS = 24
ELSEWHERE = ("constant", "concat", "lookup", "each")
UNIT = "Unit of the source"  # the template draws this one with its picker


@dataclass
class RuleRow:
    """``main`` stands in the row, ``more`` under a fold. ``crosswalk``: (their code, ours) of the chosen system."""

    row: Field
    main: list[Field]
    more: list[Field]
    element: str = ""
    unit: Words | None = None
    units: list[Words] = field(default_factory=list)
    code_list: str = ""
    crosswalk: list[tuple[str, str]] = field(default_factory=list)


def rule_rows(user: Any, form: Field, content: Content) -> list[RuleRow]:
    """The rules of a form as rows, each with the pickers that its element asks for."""
    entity = visible_entities(user).filter(key=content.get("entity", "")).first()
    fields = {one["name"]: one["element"] for one in entity.content["fields"]} if entity else {}
    elements = {one.key: one for one in visible_elements(user).filter(key__in=set(fields.values()))}
    lists = {one.key: one.content for one in visible_code_lists(user)}
    is_inward = content.get("direction") != "to_target"
    made = []
    for row in form.at("rules").rows:
        target = row.at("target")
        if is_inward and fields:
            offer(target, [(name, f"{name} – {_label(elements, key)}") for name, key in fields.items()])
        element = elements.get(fields.get(target.text, "")) if is_inward else None
        made.append(_row(row, element, lists) if element else _plain(row, is_inward))
    return made


def offer(one: Field, choices: list[tuple[str, str]]) -> None:
    """Make a select of a text field; what stands there stays even where it is not offered."""
    kept = [(one.text, f"{one.text} (not offered)")] if one.text and one.text not in dict(choices) else []
    one.widget, one.choices = "choice", (("", "— choose —"), *choices, *kept)


def _row(row: Field, element: Any, lists: dict[str, Content]) -> RuleRow:
    made = RuleRow(row, _source(row), [], element.key)
    if element.type == "quantity":
        made.main.append(_moved(row, "unit", "from", UNIT))
        made.main.append(_moved(row, "unit", "from_path", "or the path of it"))
        made.unit, made.units = described(element.unit), found("", like=element.unit, most=OFFERED_UNITS)
    elif element.type == "code":
        _codes(made, row, lists.get(element.code_list, {}), element.code_list)
    elif element.type in ("date", "datetime"):
        made.main += [_moved(row, "date", "format", "Format"), _moved(row, "date", "zone", "Time zone")]
    return _sorted(made)


def _codes(made: RuleRow, row: Field, content: Content, key: str) -> None:
    """The crosswalk's systems to choose from, and the list's own codes for a constant and a default."""
    system = _moved(row, "codes", "system", "Codes as sent by")
    tables = content.get("crosswalks", {})
    offer(system, [(name, name) for name in sorted(tables)])
    made.main.append(system)
    made.code_list = key
    made.crosswalk = sorted(tables.get(system.text, {}).items())
    own = [(code, f"{meaning['label']} ({code})") for code, meaning in content.get("codes", {}).items()]
    for name in ("constant", "default"):
        offer(row.at(name), own)


def _plain(row: Field, is_inward: bool) -> RuleRow:
    return _sorted(RuleRow(row, [*_source(row), *([] if is_inward else [row.at("as")])], []))


def _source(row: Field) -> list[Field]:
    """Target and path; the path rests under the fold where the rule takes its value from elsewhere."""
    elsewhere = any(row.at(name).is_filled for name in ELSEWHERE) and not row.at("path").is_filled
    return [row.at("target"), *([] if elsewhere else [row.at("path")])]


def _sorted(made: RuleRow) -> RuleRow:
    """What is filled in or refused comes into the row; all else goes under the fold."""
    shown = {one.name for one in made.main}
    rest = [one for one in made.row.children if one.name not in shown and (one.widget != "group" or one.children)]
    for one in rest:
        if one.is_filled or one.is_refused:
            made.main += _said(one) if one.widget == "group" and not one.problems else [one]
        if one not in made.main and (one.widget != "group" or one.children):
            made.more.append(one)
    made.main.sort(key=lambda one: one.widget in ("group", "table", "map"))
    return made


def _moved(row: Field, group: str, name: str, label: str) -> Field:
    """A field of a group, brought into the row: it is drawn once, so it leaves its group."""
    found = row.at(group).at(name)
    row.at(group).children.remove(found)
    found.label = label
    return found


def _said(group: Field) -> list[Field]:
    """The filled fields of a group, taken out of it: each is drawn once, under a label of its own."""
    found = [one for one in group.children if one.is_filled or one.is_refused]
    for one in found:
        group.children.remove(one)
        one.label = f"{group.label}: {one.label.lower()}"
    return found


def _label(elements: dict[str, Any], key: str) -> str:
    return elements[key].label if key in elements else key
