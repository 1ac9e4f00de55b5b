"""Generic REST: a system described by its settings, without code."""

from .connector import GenericRest

__all__ = ["GenericRest"]
