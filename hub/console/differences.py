"""Differences of two texts, for pages of the hub: drawn on the floor that shows changes too."""

from governance.console.differences import Difference, difference

__all__ = ["Difference", "difference"]
