"""Fields that arrive and that no rule names: never dropped unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]  # part of a path → Node; an empty node is a named path, and covers what lies below it


class Known:
    """The paths that a mapping names, as a tree, against which a document is held."""

    def __init__(self, patterns: Iterable[tuple[str, ...]]) -> None:
        self.tree: Node = {}
        for pattern in patterns:
            _add(self.tree, pattern)
        _spread_any(self.tree)
        self._names = frozenset(self.tree)
        self._is_flat = not any(self.tree.values()) and "*" not in self.tree

    def missing_from(self, document: Any) -> tuple[str, ...]:
        """The leaf paths of `document` that are not known, sorted, array indices as [*]."""
        if self._is_flat and type(document) is dict and self._names.issuperset(document):
            return ()
        found: set[str] = set()
        if self.tree:
            _compare(document, self.tree, "$", found)
        else:
            _leaves(document, "$", found)
        return tuple(sorted(found))

    def present_in(self, document: Any) -> tuple[str, ...]:
        """The leaf paths of `document` that are known: for the fields that are ignored on purpose."""
        if not self.tree or (self._is_flat and type(document) is dict and document.keys().isdisjoint(self._names)):
            return ()
        every: set[str] = set()
        _leaves(document, "$", every)
        return tuple(sorted(every.difference(self.missing_from(document))))


def _add(node: Node, pattern: tuple[str, ...]) -> None:
    for part in pattern:
        node = node.setdefault(part, {})


def _spread_any(node: Node) -> None:
    """What holds for any child ("*") holds for the named ones too."""
    for name, below in node.items():
        if name != "*" and "*" in node:
            _merge(below, node["*"])
        _spread_any(below)


def _merge(node: Node, other: Node) -> None:
    for name, below in other.items():
        _merge(node.setdefault(name, {}), below)


def _compare(value: Any, node: Node, path: str, found: set[str]) -> None:
    """Adds the leaves under `value` that the node does not cover."""
    if not node:
        return
    if isinstance(value, dict) and value:
        _compare_names(value, node, path, found)
    elif isinstance(value, list) and value:
        below = node.get("[*]", node.get("*"))
        for inner in value:
            _held(inner, below, f"{path}[*]", found)


def _compare_names(value: dict[str, Any], node: Node, path: str, found: set[str]) -> None:
    if not value.keys() <= node.keys():
        for name in value.keys() - node.keys():
            _held(value[name], node.get("*"), path + _named(name), found)
    for name, below in node.items():
        if below and name in value:
            _compare(value[name], below, path + _named(name), found)


def _held(value: Any, node: Node | None, path: str, found: set[str]) -> None:
    if node is None:
        _leaves(value, path, found)
    else:
        _compare(value, node, path, found)


def _leaves(value: Any, path: str, found: set[str]) -> None:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            _leaves(inner, path + _named(name), found)
    elif isinstance(value, list) and value:
        for inner in value:
            _leaves(inner, f"{path}[*]", found)
    else:
        found.add(path)


def _named(name: str) -> str:
    return f".{name}" if name.isidentifier() else f"['{name}']"
