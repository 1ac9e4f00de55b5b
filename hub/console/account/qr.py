"""A QR code as inline SVG: nothing is fetched, and no style stands in it."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

BORDER = 4  # modules, ISO/IEC 18004


def drawn(text: str) -> SafeString:
    """Dark modules as one path on a light ground, in both themes: readers need the contrast."""
    code = qrcode.QRCode(border=BORDER)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return format_html(
        '<svg class="qr" role="img" aria-label="QR code for your authenticator" viewBox="0 0 {0} {0}">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" fill="#000"/></svg>',
        len(rows),
        path,
    )
