"""Mappings, compiled once to closures and run many times.

    compiled = compile_mapping(spec, entity=…, elements=…, code_lists=…, revision="1.4.0")
    mapped = compiled.run(document)              # output, problems, unread, trace
    mapped = compiled.run(document, trace=False) # the same without the trace

The document is decoded by `dictionary.values.json.loads`, so that its numbers are exact. A run never raises
for what a document holds: every value that cannot be mapped is a Problem, and the rest is mapped all the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary.mapping.building import build_steps
from dictionary.mapping.checking import check
from dictionary.mapping.drift import Known
from dictionary.mapping.model import Mapped, MappingRefused, Problem, Run
from dictionary.mapping.named import named_patterns
from dictionary.mapping.paths import compile_path
from dictionary.mapping.rules import read_rules
from dictionary.mapping.schema import malformed
from dictionary.mapping.steps import Step
from dictionary.mapping.surroundings import Surroundings
from dictionary.specs.code_list import CodeListSpec
from dictionary.specs.element import ElementSpec
from dictionary.specs.entity import EntitySpec
from dictionary.specs.mapping import MappingSpec
from dictionary.values.errors import shown


def compile_mapping(
    spec: MappingSpec,
    *,
    entity: EntitySpec | None,
    elements: Mapping[str, ElementSpec],
    code_lists: Mapping[str, CodeListSpec],
    lookups: Mapping[str, Mapping[str, str]] | None = None,
    revision: str = "",
) -> CompiledMapping:
    """`elements` and `code_lists` by key; `lookups` add to the mapping's own. Raises MappingRefused."""
    tables = {**spec.lookups, **(lookups or {})}
    around = Surroundings(entity, elements, code_lists, tables, spec.direction == "to_canonical")
    if sentences := malformed(spec.content()):
        raise MappingRefused(sentences)
    rules = read_rules(spec.rules)
    if sentences := check(spec, rules, around):
        raise MappingRefused(sentences)
    patterns = named_patterns(rules, around)
    ignored = [compile_path(path).pattern for path in spec.ignored_paths]
    required = _required(entity) if around.is_inward else {}
    return CompiledMapping(build_steps(rules, around), Known([*patterns, *ignored]), Known(ignored), required, revision)


def _required(entity: EntitySpec | None) -> dict[str, str]:
    return {field.name: field.element for field in entity.fields if field.required} if entity else {}


class CompiledMapping:
    """A mapping ready to run; immutable, and safe to share between threads."""

    __slots__ = ("_ignored", "_known", "_required", "_required_names", "_steps", "revision")

    def __init__(
        self, steps: tuple[Step, ...], known: Known, ignored: Known, required: dict[str, str], revision: str
    ) -> None:
        self._steps = steps
        self._known = known
        self._ignored = ignored
        self._required = required
        self._required_names = frozenset(required)
        self.revision = revision

    def run(self, document: Any, trace: bool = True, *, looks_for_unread: bool = True) -> Mapped:
        """What becomes of a document. ``trace`` explains each value; unread fields cost a walk through the document."""
        run = Run(document, trace)
        if type(document) is not dict:
            return self._not_an_object(document)
        output: dict[str, Any] = {}
        for step in self._steps:
            step(document, output, run)
        if not output.keys() >= self._required_names:
            self._report_missing(output, run)
        left = self._left_over(document) if looks_for_unread else ((), ())
        return Mapped(output, tuple(run.problems), *left, self.revision, tuple(run.lines or ()))

    def _left_over(self, document: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        try:
            return self._known.missing_from(document), self._ignored.present_in(document)
        except RecursionError:
            return ("$ (nested too deeply to be walked)",), ()

    def _report_missing(self, output: dict[str, Any], run: Run) -> None:
        refused = {problem.field for problem in run.problems}
        for name in self._required:
            if name not in output and name not in refused:
                sentence = f"The field {name} is required, and the source gives no value for it."
                run.problems.append(Problem(name, None, "required", sentence, ""))

    def _not_an_object(self, document: Any) -> Mapped:
        sentence = f"The document is {shown(document)}, not an object with named fields."
        problem = Problem("$", shown(document), "document", sentence, "$")
        return Mapped({}, (problem,), (), (), self.revision, ())
