"""Tryton: ERP, inventory and incoming quality, over JSON-RPC."""

from .connector import Tryton

__all__ = ["Tryton"]
