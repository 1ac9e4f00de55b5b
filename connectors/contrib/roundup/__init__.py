"""Roundup: an issue tracker, over its REST interface."""

from .connector import Roundup

__all__ = ["Roundup"]
