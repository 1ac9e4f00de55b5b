"""What a schema cannot say: units that exist, limits that leave room, codes that point somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dictionary.contracts.validate import SchemaRefused, validator
from dictionary.documents.parts import generated_problems
from dictionary.mapping.checking import standing_alone
from dictionary.mapping.paths import BadPath, compile_path
from dictionary.specs.element import ElementSpec
from dictionary.values.errors import ValueRefused
from dictionary.values.patterns import pattern_problem
from dictionary.values.units import unit

Content = Mapping[str, Any]


def element_problems(content: Content) -> list[str]:
    element = ElementSpec.from_content(content)
    return [*_unit(element), *_digits(element), *_kind_of(element), *_limits(element)]


def _unit(element: ElementSpec) -> Iterator[str]:
    if element.type != "quantity":
        if element.unit:
            yield (f"The unit '{element.unit}' of element '{element.key}' needs type quantity, not {element.type}.")
        return
    if not element.unit:
        yield f"The element '{element.key}' is a quantity and needs a UCUM unit ('1' for a plain number)."
        return
    try:
        unit(element.unit, "unit")
    except ValueRefused as refused:
        yield refused.sentence


def _digits(element: ElementSpec) -> Iterator[str]:
    if element.digits is not None and element.significant is not None:
        yield (
            f"The element '{element.key}' declares digits {element.digits} and "
            f"significant {element.significant}; only one can hold."
        )
    numeric = {
        "digits": element.digits,
        "significant": element.significant,
        "minimum": element.minimum,
        "maximum": element.maximum,
        "tolerance_abs": element.tolerance_abs,
        "tolerance_rel": element.tolerance_rel,
    }
    for name, value in numeric.items():
        if value is not None and not element.is_numeric:
            yield f"The {name} {value} of element '{element.key}' needs a numeric type, not {element.type}."


def _kind_of(element: ElementSpec) -> Iterator[str]:
    """Properties that belong to one type, and types that need a property."""
    for name, value, kind in (
        ("code_list", element.code_list, "code"),
        ("reference", element.reference, "reference"),
    ):
        if value and element.type != kind:
            yield f"The {name} '{value}' of element '{element.key}' needs type {kind}, not {element.type}."
        if not value and element.type == kind:
            yield f"The element '{element.key}' is of type {kind} and needs a {name}."
    if element.max_length and element.type not in ("text", "reference"):
        yield (f"The max_length {element.max_length} of element '{element.key}' needs type text, not {element.type}.")
    if element.pattern and element.type not in ("text", "reference"):
        yield (f"The pattern '{element.pattern}' of element '{element.key}' needs type text, not {element.type}.")
    if problem := pattern_problem(element.pattern):
        yield f"In element '{element.key}', {problem}."


def _limits(element: ElementSpec) -> Iterator[str]:
    if element.minimum is not None and element.maximum is not None and element.minimum > element.maximum:
        yield (f"The minimum {element.minimum} of element '{element.key}' is above its maximum {element.maximum}.")


def code_list_problems(content: Content) -> list[str]:
    """Crosswalks must lead to codes of the list; what we send must come back as the same code."""
    codes, key = content["codes"], content["key"]
    found = []
    for system, table in content.get("crosswalks", {}).items():
        for theirs, ours in table.items():
            if ours not in codes:
                found.append(
                    f"The crosswalk of '{key}' for {system} leads from '{theirs}' "
                    f"to '{ours}', which is no code of the list."
                )
    for system, table in content.get("outbound", {}).items():
        found += _outbound(content, system, table)
    return found


def _outbound(content: Content, system: str, table: Mapping[str, str]) -> Iterator[str]:
    back = content.get("crosswalks", {}).get(system, {})
    for ours, theirs in table.items():
        if ours not in content["codes"]:
            yield (
                f"The outbound table of '{content['key']}' for {system} starts "
                f"from '{ours}', which is no code of the list."
            )
        elif back.get(theirs, ours) != ours:
            yield (
                f"The outbound table of '{content['key']}' sends '{ours}' to {system} as '{theirs}', "
                f"but the crosswalk reads that as '{back[theirs]}'."
            )


def entity_problems(content: Content) -> list[str]:
    names = [field["name"] for field in content["fields"]]
    fields = {field["name"]: field for field in content["fields"]}
    found = [f"The field '{name}' stands twice in entity '{content['key']}'." for name in sorted(_repeated(names))]
    for name in content["business_key"]:
        field = fields.get(name)
        if field is None:
            found.append(
                f"The business key of entity '{content['key']}' names '{name}', which is not one of its fields."
            )
        elif not field.get("required") or field.get("repeated"):
            found.append(
                f"The field '{name}' is in the business key of entity "
                f"'{content['key']}': it must be required and single."
            )
    return found


def _repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def mapping_problems(content: Content) -> list[str]:
    """What can be told without the dictionary: paths, conditions, one source a rule."""
    return standing_alone(content)


def contract_problems(content: Content) -> list[str]:
    found = [*_schema(content), *_paths(content)]
    found += generated_problems(content)
    if content.get("order_policy", "none") != "none" and not content.get("ordering_key"):
        found.append(f"The order policy '{content['order_policy']}' of '{content['key']}' needs an ordering key.")
    return found


def _schema(content: Content) -> Iterator[str]:
    try:
        validator(content["schema"])
    except SchemaRefused as refused:
        yield str(refused)


def _paths(content: Content) -> Iterator[str]:
    single = [content[name] for name in ("ordering_key", "business_key") if content.get(name)]
    for text in [*content["idempotency_key"], *single]:
        try:
            compile_path(text)
        except BadPath as error:
            yield f"In the contract '{content['key']}', {error}."
