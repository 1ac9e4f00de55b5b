"""``pdf``: a template becomes a PDF/A-3b file that carries its fonts and needs nothing from outside."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from governance.printing import engine

VARIANT = "pdf/a-3b"  # ISO 19005-3, level B: keeps its look for decades, and may enclose its data
STYLE = Path(__file__).parent / "document.css"
_one_at_a_time = threading.Lock()  # a long document takes seconds of one core; the others of this process wait


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file within the PDF: the data that the pages were made from, to be read by a machine."""

    name: str
    content: bytes
    says: str


def pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    language: str,
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """The template, which extends printing/document.html, as PDF/A-3b.

    ``context`` holds ``imprint`` (an Imprint) and what the template needs; ``language`` is a BCP 47 tag. Raises
    PrintingUnavailable where the system lacks a library, ReachesOut where the page would load anything.
    """
    weasyprint = engine.weasyprint()
    page = render_to_string(template, {**context, "title": title, "language": language})
    with _one_at_a_time, engine.nothing_from_outside() as fetcher:
        html = weasyprint.HTML(string=page, url_fetcher=fetcher)
        return html.write_pdf(
            stylesheets=[weasyprint.CSS(string=_style(), url_fetcher=fetcher)],
            attachments=[_enclosed(weasyprint, one) for one in enclosures],
            pdf_variant=VARIANT,
            pdf_tags=True,
        )


def _enclosed(weasyprint: Any, one: Enclosure) -> Any:
    """``Data`` says that it represents what the pages show (ISO 19005-3, annex E)."""
    return weasyprint.Attachment(string=one.content, name=one.name, description=one.says, relationship="Data")


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
