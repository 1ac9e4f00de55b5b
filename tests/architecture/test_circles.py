"""No module needs, at whatever distance, a module that needs it: each can be read, tested and moved alone.

Imports inside functions count. Those under ``if TYPE_CHECKING`` do not: they name a class in an annotation, and are
not there when the program runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import grimp
import pytest

from tests.architecture.test_floors import HOUSES

HIDDEN = "def later():\n    from {0} import one\n"
NAMED = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from {0} import one\n"

ALLOWED = {
    # The bell publishes the task that answers it; the task is imported where it is published, and only there.
    ("hub.flow.bell", "hub.tasks"),
}


def graph_of(*packages: str) -> grimp.ImportGraph:
    return grimp.build_graph(*packages, cache_dir=None, exclude_type_checking_imports=True)


def circles(graph: grimp.ImportGraph) -> Iterator[str]:
    """One way round for each import that lies on a circle: "a → b → a"."""
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            back = graph.find_shortest_chain(importer=imported, imported=importer)
            if back:
                yield " → ".join((importer, *back))


@pytest.fixture(scope="module")
def house() -> grimp.ImportGraph:
    """All modules without the imports that are allowed."""
    found = graph_of(*HOUSES)
    for importer, imported in ALLOWED:
        found.remove_import(importer=importer, imported=imported)
    return found


def test_no_module_imports_itself_around_a_corner(house):
    assert not list(circles(house))


@pytest.mark.parametrize(("importer", "imported"), ALLOWED)
def test_what_is_allowed_is_still_needed(importer, imported):
    """An exception that closes no circle any more leaves the list."""
    assert any(circle.startswith(f"{importer} → {imported} ") for circle in circles(graph_of(*HOUSES)))


@pytest.mark.parametrize("package", ["hub.flow", "governance", "connectors", "dictionary"])
def test_a_planted_breach_is_caught(house, package):
    """The shortest circle: what some module of the package imports, imports it."""
    inside = sorted(module for module in house.modules if module.startswith(f"{package}."))
    importer, imported = next(
        (one, other)
        for one in inside
        for other in sorted(house.find_modules_directly_imported_by(one))
        if other in inside
    )
    house.add_import(importer=imported, imported=importer)
    try:
        found = list(circles(house))
    finally:
        house.remove_import(importer=imported, imported=importer)
    assert f"{importer} → {imported} → {importer}" in found


def test_an_import_inside_a_function_counts_and_one_for_an_annotation_does_not(tmp_path, monkeypatch):
    for name, back in (("hidden_circle", HIDDEN), ("named_only", NAMED)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "one.py").write_text(f"from {name} import two\n")
        (folder / "two.py").write_text(back.format(name))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "hidden_circle.one → hidden_circle.two → hidden_circle.one" in list(circles(graph_of("hidden_circle")))
    assert not list(circles(graph_of("named_only")))
