"""Tokens of ours where they do not belong: in an address, a wrong field, a log line. They are left out."""

from __future__ import annotations

import re

from governance.models.service_account import PREFIX

TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{12,}}")
LEFT_OUT = f"{PREFIX}…"


def without_tokens(text: str) -> str:
    """The text with every token of a service account cut to its prefix."""
    return TOKEN.sub(LEFT_OUT, text) if PREFIX in text else text
