"""Examples that a mapping must keep: each is run before the mapping is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dictionary.mapping.compile import CompiledMapping
from dictionary.mapping.model import Mapped
from dictionary.values import json
from dictionary.values.errors import shown
from dictionary.values.json import JsonRefused


class Outcome(NamedTuple):
    """What became of one case; ``sentences`` is empty where it holds."""

    name: str
    sentences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.sentences


def tried(mapping: CompiledMapping, cases: Iterable[Mapping[str, Any]]) -> list[Outcome]:
    """Run every case."""
    return [Outcome(case["name"], tuple(_broken(mapping, case))) for case in cases]


def _broken(mapping: CompiledMapping, case: Mapping[str, Any]) -> list[str]:
    start = f"The test case {case['name']!r}"
    try:
        sample, expected = (json.loads(case[name].encode()) for name in ("sample", "expected"))
    except JsonRefused as error:
        return [f"{start} holds no JSON: {error}"]
    mapped = mapping.run(sample, trace=False)
    return [*_refusals(start, mapped, case.get("refused", ())), *_values(start, mapped.output, expected)]


def _refusals(start: str, mapped: Mapped, wanted: Iterable[str]) -> list[str]:
    refused = {problem.field: problem.sentence for problem in mapped.problems}
    unwanted = [f"{start} fails: {refused[name]}" for name in sorted(refused.keys() - set(wanted))]
    missing = [f"{start} fails: {name} should be refused, and is not." for name in sorted(set(wanted) - refused.keys())]
    return unwanted + missing


def _values(start: str, output: Any, expected: Any) -> list[str]:
    """One sentence a field that differs, at the top level of the result."""
    if not isinstance(expected, dict):
        return [f"{start} expects {shown(expected)}, which is no object with named fields."]
    found = []
    for name in dict.fromkeys([*expected, *output]):
        wanted, got = expected.get(name), output.get(name)
        if _text(wanted) != _text(got):
            found.append(f"{start} fails: {name} is {_said(got)}, and {_said(wanted)} is expected.")
    return found


def _text(value: Any) -> bytes:
    """Compared as JSON with sorted names, numbers as they were written."""
    return json.dumps(value)


def _said(value: Any) -> str:
    return "nothing" if value is None else _text(value).decode()[:200]
