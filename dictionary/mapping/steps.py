"""Steps: what a compiled mapping does to a document, one after the other.

A step is (document, output, run) → None. It fetches, converts, puts, and writes down its line of the trace;
or it refuses. The first rule for a target that yields a value wins; later rules for the same target are its
alternatives. Null and empty text count as no value.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import DecimalException
from itertools import repeat
from operator import itemgetter, le
from typing import Any, NamedTuple

from dictionary.mapping.conditions import Condition
from dictionary.mapping.model import Run
from dictionary.mapping.paths import ABSENT
from dictionary.mapping.rules import Rule
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Note, Noted

WORTH_A_SWEEP = 4

Step = Callable[[Any, dict[str, Any], Run], None]
Read = Callable[[Any], Any]

UNEXPECTED = (DecimalException, OverflowError, UnicodeError, RecursionError)


class Field(NamedTuple):
    """A rule that reads one value and fills one field. `name` is set where the value is a top-level field of
    the document; `limit` where text of at most that many ASCII characters can be taken as it is, else -1."""

    target: str
    rule_index: int
    paths: tuple[str, ...]
    read: Read
    convert: Read
    name: str | None
    limit: int


def bundle(fields: tuple[Field, ...]) -> Step:
    """Many rules on top-level fields as one step: the bulk of most documents. Where all plain text is there,
    and is plain, it is taken in a few sweeps; else field by field."""
    texts = tuple(field for field in fields if field.limit > 0)
    if len(texts) < WORTH_A_SWEEP:
        return _one_by_one(fields)
    sweep, texts_slowly = _sweep(texts), _one_by_one(texts)
    others = _one_by_one(tuple(field for field in fields if field.limit <= 0))

    def step(document: Any, output: dict[str, Any], run: Run) -> None:
        if not sweep(document, output, run):
            texts_slowly(document, output, run)
        others(document, output, run)

    return step


def _sweep(fields: tuple[Field, ...]) -> Callable[[Any, dict[str, Any], Run], bool]:
    """Takes all the fields at once if each is a text that needs no conversion; else touches nothing."""
    targets, indices = [field.target for field in fields], [field.rule_index for field in fields]
    paths, limits = [field.paths for field in fields], [field.limit for field in fields]
    fetch = itemgetter(*(field.name for field in fields))
    longest = min(limits)

    def sweep(document: Any, output: dict[str, Any], run: Run) -> bool:
        try:
            values = fetch(document)
            text = "".join(values)
        except (KeyError, TypeError):
            return False
        if not text.isascii() or "" in values:
            return False
        if len(text) > longest and not all(map(le, map(len, values), limits)):
            return False
        output.update(zip(targets, values, strict=True))
        if run.lines is not None:
            run.lines.extend(zip(targets, indices, paths, values, values, repeat(())))
        return True

    return sweep


def _one_by_one(fields: tuple[Field, ...]) -> Step:
    rows = [(field.name, field.target, field.limit, field) for field in fields]

    def step(document: Any, output: dict[str, Any], run: Run) -> None:
        get, lines = document.get, run.lines
        for name, target, limit, field in rows:
            raw = get(name)
            if type(raw) is str and raw.isascii() and 0 < len(raw) <= limit:
                output[target] = raw
                if lines is not None:
                    lines.append((target, field[1], field[2], raw, raw, ()))
            elif raw or (raw is not None and raw != ""):
                _take(field, raw, output, run)

    return step


def single(field: Field) -> Step:
    """One rule as one step, for any path."""
    read = field.read

    def step(document: Any, output: dict[str, Any], run: Run) -> None:
        try:
            raw = read(document)
        except ABSENT:
            return
        if raw or (raw is not None and raw != ""):
            _take(field, raw, output, run)

    return step


def _take(field: Field, raw: Any, output: dict[str, Any], run: Run) -> None:
    """Converts one raw value, puts it and writes its line; or refuses it."""
    target, index, paths, _, convert, _, _ = field
    try:
        value = convert(raw)
    except ValueRefused as refused:
        run.refuse(target, refused, _first(paths), index)
        return
    except UNEXPECTED as error:
        run.refuse(target, unforeseen(target, raw, error), _first(paths), index)
        return
    notes: tuple[Note, ...] = ()
    if type(value) is Noted:
        value, notes = value
    output[target] = value
    if run.lines is not None:
        run.lines.append((target, index, paths, raw, value, notes))


def on_condition(step: Step, condition: Condition, rule: Rule) -> Step:
    """The step only where its condition holds; a condition that fails is a problem of the field."""

    def conditional(document: Any, output: dict[str, Any], run: Run) -> None:
        try:
            applies = condition(document, run.root)
        except ValueRefused as refused:
            run.refuse(rule.target, refused, _first(rule.paths), rule.index)
            return
        if applies:
            step(document, output, run)

    return conditional


def as_alternative(step: Step, target: str, parts: tuple[str, ...]) -> Step:
    """The step only where no earlier rule has filled the target, or was refused at it."""

    def alternative(document: Any, output: dict[str, Any], run: Run) -> None:
        if _is_filled(output, parts) or any(problem.field == target for problem in run.problems):
            return
        step(document, output, run)

    return alternative


def _is_filled(output: Any, parts: tuple[str, ...]) -> bool:
    for part in parts:
        if part not in output:
            return False
        output = output[part]
    return True


def with_default(step: Step, rule: Rule, default: Any) -> Step:
    """The step, then its default where it found no value; a value that was refused is not papered over."""
    line = (rule.target, rule.index, rule.paths, None, default, ("default used: the source has no value",))

    def defaulting(document: Any, output: dict[str, Any], run: Run) -> None:
        before = len(run.problems)
        step(document, output, run)
        if rule.target in output or len(run.problems) > before:
            return
        output[rule.target] = default
        if run.lines is not None:
            run.lines.append(line)

    return defaulting


def placed(step: Step, rule: Rule, parts: tuple[str, ...]) -> Step:
    """A step whose target lies deeper in the outgoing document: {"product": {"code": …}}."""
    *above, last = parts

    def deeper(document: Any, output: dict[str, Any], run: Run) -> None:
        made: dict[str, Any] = {}
        step(document, made, run)
        if made:
            for part in above:
                output = output.setdefault(part, {})
            output[last] = made[rule.target]

    return deeper


def unforeseen(field: str, raw: Any, error: Exception) -> ValueRefused:
    """A value so odd that its conversion failed inside a library: still a refusal, never a crash."""
    sentence = f"The value {shown(raw)} in field {field} cannot be worked with ({type(error).__name__})."
    return ValueRefused(field, raw, "conversion", sentence)


def _first(paths: tuple[str, ...]) -> str:
    return paths[0] if paths else ""
