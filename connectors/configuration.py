"""Settings of a connection: from JSON to a frozen dataclass, with a sentence for each mistake.

The dataclass is the only description: types, defaults, and ``field(metadata={...})`` with ``help``, ``min``,
``max``, ``pattern``. ``load`` checks data against it, ``describe`` makes the JSON Schema that forms use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .errors import ConnectorError, Misconfigured
from .schema import describe

NOT_SHOWN = "not shown"  # what stands in a field that does not exist may be a secret in the wrong place


@dataclass(frozen=True)
class Problem:
    """One mistake. ``field`` is a path such as ``streams[0].path``; ``rule`` completes "it must …"."""

    field: str
    value: Any
    rule: str

    def __str__(self) -> str:
        if self.value is MISSING:
            return f"The setting {self.field!r} is missing: it must {self.rule}."
        if self.value is NOT_SHOWN:
            return f"The setting {self.field!r} must {self.rule}."
        return f"The setting {self.field!r} is {_short(self.value)}: it must {self.rule}."


class InvalidSettings(Misconfigured):
    """Settings that cannot be used. ``problems`` has them all; ``field``, ``value``, ``rule`` the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.field, self.value, self.rule = problems[0].field, problems[0].value, problems[0].rule


class _Wrong(Exception):
    """Carries problems up through the nesting."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = list(problems)


def load(cls: type, data: Mapping[str, Any]) -> Any:
    """An instance of ``cls`` from JSON-able data. Raises ``InvalidSettings`` naming every wrong field."""
    try:
        return _dataclass(cls, data, "")
    except _Wrong as wrong:
        problems = wrong.problems
    raise InvalidSettings(problems)


def _dataclass(cls: type, data: Any, path: str) -> Any:
    if isinstance(data, cls):
        return data
    if not isinstance(data, Mapping):
        raise _Wrong(Problem(path or "settings", data, "be an object with named fields"))
    known, hints = {spec.name: spec for spec in fields(cls) if spec.init}, get_type_hints(cls)
    problems = [
        Problem(_at(path, name), NOT_SHOWN, f"not be given; known here are: {', '.join(known) or 'none'}")
        for name in data
        if name not in known
    ]
    values = {}
    for name, spec in known.items():
        try:
            if name in data:
                values[name] = _value(hints[name], data[name], _at(path, name), spec.metadata)
            elif _required(spec):
                raise _Wrong(Problem(_at(path, name), MISSING, _rule(hints[name])))
        except _Wrong as wrong:
            problems += wrong.problems
    if problems:
        raise _Wrong(*problems)
    return _construct(cls, values, data, path)


def _construct(cls: type, values: dict[str, Any], data: Any, path: str) -> Any:
    """The class may have rules of its own (``__post_init__``); its ``ValueError`` completes "it must …"."""
    try:
        return cls(**values)
    except ConnectorError:
        raise
    except ValueError as error:
        raise _Wrong(Problem(path or "settings", data, str(error))) from None


def _value(hint: Any, value: Any, path: str, limits: Mapping[str, Any]) -> Any:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, UnionType):
        return _optional(parts, value, path, limits)
    if kind is Literal:
        if value not in parts or type(value) not in {type(part) for part in parts}:
            raise _Wrong(Problem(path, value, _rule(hint)))
        return value
    if kind in (tuple, list):
        return kind(_items(hint, parts, value, path, limits))
    if kind in (dict, Mapping):
        return _mapping(hint, parts, value, path, limits)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, value, path)
    return _limited(_scalar(hint, value, path), path, limits)


def _optional(parts: tuple, value: Any, path: str, limits: Mapping[str, Any]) -> Any:
    if value is None and NoneType in parts:
        return None
    (hint,) = (part for part in parts if part is not NoneType)
    return _value(hint, value, path, limits)


def _items(hint: Any, parts: tuple, value: Any, path: str, limits: Mapping[str, Any]) -> list:
    if not isinstance(value, list | tuple):
        raise _Wrong(Problem(path, value, _rule(hint)))
    inner = parts[0] if parts else Any
    return _collect([(inner, item, f"{path}[{i}]") for i, item in enumerate(value)], limits)


def _mapping(hint: Any, parts: tuple, value: Any, path: str, limits: Mapping[str, Any]) -> dict:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _Wrong(Problem(path, value, _rule(hint)))
    inner = parts[1] if parts else Any
    values = _collect([(inner, item, f"{path}.{key}") for key, item in value.items()], limits)
    return dict(zip(value, values, strict=True))


def _collect(items: list[tuple[Any, Any, str]], limits: Mapping[str, Any]) -> list:
    values: list[Any] = []
    problems: list[Problem] = []
    for hint, item, path in items:
        try:
            values.append(_value(hint, item, path, limits))
        except _Wrong as wrong:
            problems += wrong.problems
    if problems:
        raise _Wrong(*problems)
    return values


def _scalar(hint: Any, value: Any, path: str) -> Any:
    if hint is Any:
        return value
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if hint is float and number and Decimal(str(value)).is_finite():
        return float(value)
    if hint is Decimal and (number or isinstance(value, str)):
        return _decimal(value, path)
    if hint in (str, int, bool) and type(value) is hint:
        return value
    if isinstance(hint, type) and hint not in _WORDS and isinstance(value, hint):
        return value
    raise _Wrong(Problem(path, value, _rule(hint)))


def _decimal(value: Any, path: str) -> Decimal:
    """A float from a form is taken as it is written, not as it is stored."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _Wrong(Problem(path, value, _rule(Decimal)))
    return number


def _limited(value: Any, path: str, limits: Mapping[str, Any]) -> Any:
    comparable = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if comparable and "min" in limits and value < limits["min"]:
        raise _Wrong(Problem(path, value, f"be at least {limits['min']}"))
    if comparable and "max" in limits and value > limits["max"]:
        raise _Wrong(Problem(path, value, f"be at most {limits['max']}"))
    if isinstance(value, str) and "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        raise _Wrong(Problem(path, value, limits.get("rule", f"match {limits['pattern']}")))
    return value


_WORDS = {
    str: "be text",
    int: "be a whole number",
    float: "be a number",
    bool: "be true or false",
    Decimal: "be a decimal number",
    dict: "be an object with named fields",
}


def _rule(hint: Any) -> str:
    kind, parts = get_origin(hint), get_args(hint)
    if kind is Literal:
        return f"be one of: {', '.join(map(str, parts))}"
    if kind in (Union, UnionType):
        return _rule(next(part for part in parts if part is not NoneType))
    if tuple in (kind, hint) or list in (kind, hint):
        return "be a list"
    if is_dataclass(hint) or kind is not None:
        return _WORDS[dict]
    return _WORDS.get(hint, f"be a {getattr(hint, '__name__', 'value')}")


def _required(spec: Field) -> bool:
    return spec.default is MISSING and spec.default_factory is MISSING


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


__all__ = ["InvalidSettings", "Problem", "describe", "load"]
