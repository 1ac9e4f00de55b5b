"""The lines of a drill: what was wanted, what was found, and whether the two are equal."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Proof:
    lines: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, what: str, wanted: int, found: int) -> None:
        self.lines.append((what, wanted, found))

    @property
    def holds(self) -> bool:
        return all(wanted == found for _, wanted, found in self.lines)

    def table(self) -> str:
        width = max(len(what) for what, _, _ in self.lines)
        head = f"{'':<{width}}  wanted   found"
        rows = [
            f"{what:<{width}}  {wanted:>6}  {found:>6}  {'holds' if wanted == found else 'FAILS'}"
            for what, wanted, found in self.lines
        ]
        return "\n".join(["", head, *rows, ""])
