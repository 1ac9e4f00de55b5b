"""Measures of a drawing, in units of its view box: one for wide screens and paper, one for telephones."""

from __future__ import annotations

from dataclasses import dataclass, replace

MARGIN = 10
TRACK = 9  # between lines that run beside each other
PAD = 16  # between a box and the first line of a channel: room for an arrow's head
LANE_PAD, LANE_GAP = 16, 20
TITLE_LINE, KIND_LINE = 16, 15


@dataclass(frozen=True, slots=True)
class Shape:
    """``label`` is the width of the column with the lanes' names; 0 puts each name on top of its lane."""

    name: str
    width: int
    columns: int
    label: int
    node: int
    letters: int  # of a title's line
    has_tile: bool

    @property
    def slot(self) -> float:
        """The width of a column with its share of the channels."""
        return (self.width - 2 * MARGIN - self.label) / self.columns

    @property
    def gutter(self) -> float:
        """The width of the channel between two columns."""
        return self.slot - self.node

    @property
    def strip(self) -> int:
        """For a lane's name above its first row; no line runs along it."""
        return 0 if self.label else 22

    @property
    def lane_head(self) -> int:
        """Above the first row of a lane."""
        return LANE_PAD + self.strip

    @property
    def text_x(self) -> int:
        return 50 if self.has_tile else 11

    def for_rows_of(self, longest: int) -> Shape:
        """With no more columns than a row can fill."""
        return replace(self, columns=max(1, min(self.columns, longest)))

    def left_of(self, column: int) -> float:
        """Where the box of a column begins."""
        return MARGIN + self.label + self.slot * column + self.gutter / 2


WIDE = Shape("wide", width=1180, columns=4, label=116, node=202, letters=16, has_tile=True)
NARROW = Shape("narrow", width=368, columns=2, label=0, node=140, letters=15, has_tile=False)
