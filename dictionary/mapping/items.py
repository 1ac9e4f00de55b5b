"""``each``: one object for every item of a list, and the trace of its values as places of the whole document."""

from __future__ import annotations

from typing import Any

from dictionary.mapping.model import RawLine, Run
from dictionary.mapping.paths import ABSENT, Path, compile_path
from dictionary.mapping.rules import Rule
from dictionary.mapping.steps import Step


def nested_step(rule: Rule, steps: tuple[Step, ...]) -> Step:
    """One object for every item of the list at ``rule.each``, made by steps of its own."""
    target, path = rule.target, compile_path(rule.each)
    read = path.read_all

    def step(document: Any, output: dict[str, Any], run: Run) -> None:
        try:
            items = read(document)
        except ABSENT:
            items = None
        if not items:
            return
        if run.lines is None:
            output[target] = [_one_item(steps, item, run) for item in items]
        else:
            output[target] = [_traced(rule, path, steps, document, at, item, run) for at, item in enumerate(items)]

    return step


def _one_item(steps: tuple[Step, ...], item: Any, run: Run) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for step in steps:
        step(item, made, run)
    return made


def _traced(
    rule: Rule, path: Path, steps: tuple[Step, ...], document: Any, at: int, item: Any, run: Run
) -> dict[str, Any]:
    """The same; the lines that the item's own steps wrote are then placed within the whole."""
    assert run.lines is not None
    before = len(run.lines)
    made = _one_item(steps, item, run)
    place = _place(path, document, at)
    run.lines[before:] = [_placed(line, rule, at, place) for line in run.lines[before:]]
    return made


def _placed(line: RawLine, rule: Rule, at: int, place: str) -> RawLine:
    """("k", 0, ("$.x",)) of the second item becomes ("lines[1].k", 4, ("$.items[1].x",)); a note keeps the inner rule.

    The number is that of the rule as the mapping lists it: inside ``each`` the count starts again.
    """
    target, inner, source, raw, value, notes = line
    return (
        f"{rule.target}[{at}].{target}",
        rule.index,
        tuple(_beneath(place, path) for path in source),
        raw,
        value,
        (("rule {} of its items", inner + 1), *notes),
    )


def _place(path: Path, document: Any, at: int) -> str:
    """Where the item stands in the source. A filter's path stays as it is: it does not tell which one it found."""
    plain = compile_path(path.text.removesuffix("[*]"))
    if plain.parts is None:
        return path.text
    return f"{plain.text}[{at}]" if isinstance(plain.read(document), list) else path.text


def _beneath(place: str, path: str) -> str:
    return place + path[1:] if path.startswith("$") else f"{place}.{path}"
