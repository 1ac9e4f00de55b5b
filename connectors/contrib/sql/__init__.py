"""PostgreSQL, MariaDB and SQLite, configured and not coded."""

from .connector import SqlDatabase

__all__ = ["SqlDatabase"]
