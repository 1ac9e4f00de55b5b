"""Which tests name which capability: read from the marks in the tests, and from the results that a run has left."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

RESULTS = ".test-output/results"  # in the folder of the product; `make test` writes a JUnit file for each run
Marks = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """One test of the last run: ``outcome`` is passed, failed or skipped; ``run`` names the file that says so."""

    name: str
    outcome: str
    requirements: tuple[str, ...]
    run: str


@dataclass(frozen=True, slots=True)
class Results:
    """``at`` is when the newest file was written; ``None`` and no rows where no run has left any.

    ``unreadable`` are files of a run that did not end: what failed there is not known.
    """

    at: datetime | None
    rows: tuple[Result, ...]
    unreadable: tuple[str, ...] = ()

    def counts(self, requirement: str = "") -> dict[str, int]:
        """How many passed, failed and were skipped, of all or of one requirement."""
        mine = [one.outcome for one in self.rows if not requirement or requirement in one.requirements]
        return {word: mine.count(word) for word in ("passed", "failed", "skipped")}


def marked(folder: Path) -> Marks:
    """Capability → ``file::test`` of every test whose mark, or whose module's, names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = [one for node in tree.body if _is_pytestmark(node) for one in _named(node)]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
                own = [one for mark in node.decorator_list for one in _named(mark)]
                for name in dict.fromkeys([*whole, *own]):
                    found[name].append(f"{path.relative_to(folder.parent)}::{node.name}")
    return found


def results(root: Path) -> Results:
    """What the last runs left."""
    files = sorted((root / RESULTS).glob("*.xml"))
    trees = {path: _tree(path) for path in files}
    rows = tuple(row for path, tree in trees.items() if tree is not None for row in _read(path, tree))
    at = max((path.stat().st_mtime for path in files), default=None)
    unreadable = tuple(path.name for path, tree in trees.items() if tree is None)
    return Results(datetime.fromtimestamp(at, UTC) if at and rows else None, rows, unreadable)


def _tree(path: Path) -> Any:
    try:
        return etree.fromstring(path.read_bytes(), _parser())
    except etree.XMLSyntaxError:
        return None


def _read(path: Path, tree: Any) -> Iterator[Result]:
    for case in tree.iter("testcase"):
        named = [one.get("value", "") for one in case.iter("property") if one.get("name") == "req"]
        bad = case.find("failure") is not None or case.find("error") is not None
        outcome = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
        yield Result(f"{case.get('classname')}::{case.get('name')}", outcome, tuple(named), path.stem)


def _parser() -> etree.XMLParser:
    """Without entities, network or document types."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(one, ast.Name) and one.id == "pytestmark" for one in node.targets
    )


def _named(node: ast.AST) -> Iterator[str]:
    """The ids of ``pytest.mark.req("…")`` within a node."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "req":
            yield from (arg.value for arg in one.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
