"""Paper: no template and no content reaches a file or the network, whatever stands in it."""

from __future__ import annotations

import io
import sys

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from governance.actors import DEMONSTRATION
from governance.printing import Enclosure, PrintingUnavailable, document, engine, imprint, pdf

pytestmark = pytest.mark.req("M1.6")


def printed(monkeypatch, inside: str) -> bytes:
    """What is printed of a page that holds this markup."""
    context = {"imprint": imprint(number="DOC-1", version="1.0.0", status="Draft", by=DEMONSTRATION)}
    whole = render_to_string("printing/document.html", {**context, "title": "A test", "language": "en"})
    page = whole.replace("</body>", f"{inside}</body>")
    monkeypatch.setattr(document, "render_to_string", lambda template, given: page)
    return pdf("any.html", context, title="A test", language="en", enclosures=[Enclosure("a.json", b"{}", "Data")])


def test_a_page_of_its_own_words_is_printed(monkeypatch):
    found = PdfReader(io.BytesIO(printed(monkeypatch, "<p>Grüße, 5 µm</p>")))
    assert "Grüße, 5 µm" in found.pages[0].extract_text()
    assert found.metadata is not None
    assert found.metadata.title == "A test"
    assert dict(found.attachments) == {"a.json": [b"{}"]}


@pytest.mark.parametrize("inside", ["<pre>{}</pre>", "<table><tr><td class='mono'>{}</td><td>x</td></tr></table>"])
def test_a_long_line_of_what_was_signed_ends_on_the_page(monkeypatch, inside):
    """Written past the edge, its end could not be read."""
    words = "the number of a lot as it is printed on its label, " * 6
    text = PdfReader(io.BytesIO(printed(monkeypatch, inside.format(words)))).pages[0].extract_text()
    assert "".join(words.split()) in "".join(text.split())
    assert max(len(line) for line in text.splitlines() if "label" in line) < 140


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/a.png">',
        '<img src="data:image/png;base64,AAAA">',
        "<style>@import url(file:///etc/passwd);</style>",
        "<p style=\"background: url('https://elsewhere.example/a.png')\">x</p>",
        '<link rel="stylesheet" href="https://elsewhere.example/a.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }</style><p>x</p>",
    ],
)
def test_a_page_that_would_load_something_is_not_printed(monkeypatch, inside):
    with pytest.raises(engine.ReachesOut, match="A printed page may load nothing"):
        printed(monkeypatch, inside)


def test_a_drawing_that_would_load_something_is_left_out(monkeypatch, caplog):
    found = printed(monkeypatch, "<svg><image href='file:///etc/passwd' width='9' height='9'/></svg>")
    assert "Failed to render SVG" in caplog.text
    assert not list(PdfReader(io.BytesIO(found)).pages[0].images)


def test_a_missing_library_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PrintingUnavailable, match=engine.LIBRARIES):
        printed(monkeypatch, "")
