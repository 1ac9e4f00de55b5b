"""Tryton module ``interlock``: fields in which a person sees what the hub wrote, and where it came from.

Importing ``routes`` adds one read-only page to Tryton's web application, because the landscape runs no web
client and a link on an issue should still open something.
"""

from . import routes  # noqa: F401
