"""Content that an expert writes as YAML: read without aliases, repeated names, dates of its own or endless depth."""

from __future__ import annotations

import math
from typing import Any

import yaml

from governance.errors import Refused

LARGEST = 400_000  # characters


class _Loader(yaml.SafeLoader):
    """Safe, and stricter: what would come back different from what was written is refused."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):  # a few lines of aliases unfold to gigabytes
            raise yaml.YAMLError(f"line {self.peek_event().start_mark.line + 1} uses an alias (*), which is not taken")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        names: set[str] = set()
        for name in (self.construct_object(key, deep=True) for key, _ in node.value):
            if not isinstance(name, str):
                raise yaml.YAMLError(f"line {node.start_mark.line + 1}: the name {name!r} must be text; quote it")
            if name in names:
                raise yaml.YAMLError(f"line {node.start_mark.line + 1}: the name {name!r} stands twice")
            names.add(name)
        return super().construct_mapping(node, deep)


# A date stays the text that it was written as; "<<" has no meaning of its own.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith((":timestamp", ":merge"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def loaded(text: str, field: str = "text") -> Any:
    """What a YAML text says. Raises Refused with the line that is wrong."""
    if len(text) > LARGEST:
        raise Refused(
            f"The text has {len(text):,} characters; at most {LARGEST:,} are taken.",
            field=field,
            value=f"{text[:60]} …",
            rule=f"at most {LARGEST} characters",
        )
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
        check_text(found)
    except yaml.YAMLError as error:
        raise Refused(f"This is not YAML that can be taken: {_said(error)}.", field=field, rule="YAML") from None
    except (RecursionError, ValueError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refused(f"This cannot be taken: {why}.", field=field, rule="YAML") from None
    return found


def check_text(value: Any) -> None:
    """It is what JSON can hold, and every text in it can be stored. Raises ValueError."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("a text holds a NUL character, which no database keeps")
        value.encode()
    elif isinstance(value, dict):
        for name, one in value.items():
            check_text(name)
            check_text(one)
    elif isinstance(value, list):
        for one in value:
            check_text(one)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number that can be kept")
    elif not isinstance(value, bool | int | float | None):  # a tag such as !!binary or !!set
        raise ValueError(f"{str(value)[:60]!r} is neither text, number, yes or no, list nor names with values")


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {said}" if mark else said
