"""How long files and functions are: medians and ninth tenths, and the longest of each."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("governance", "dictionary", "connectors", "hub")


def files() -> Iterator[Path]:
    for house in HOUSES:
        yield from (path for path in (ROOT / house).rglob("*.py") if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def row(what: str, sizes: list[tuple[str, int]]) -> str:
    numbers = sorted(size for _, size in sizes)
    longest = max(sizes, key=lambda pair: pair[1])
    tenth = numbers[int(len(numbers) * 0.9)]
    middle = statistics.median(numbers)
    return f"{what:<10} {len(numbers):>5}  median {middle:>4.0f}  p90 {tenth:>4}  longest {longest[1]} {longest[0]}"


if __name__ == "__main__":
    found = list(files())
    print(row("files", [(str(path.relative_to(ROOT)), len(path.read_text("utf-8").splitlines())) for path in found]))
    print(row("functions", [pair for path in found for pair in functions(path)]))
