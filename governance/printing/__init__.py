"""Paper: one way from a template to a PDF/A file, shared by every document that an inspector may take away."""

from governance.printing.document import Enclosure, pdf
from governance.printing.engine import PrintingUnavailable
from governance.printing.imprint import Imprint, imprint
from governance.printing.manifestation import Manifested, manifested

__all__ = ["Enclosure", "Imprint", "Manifested", "PrintingUnavailable", "imprint", "manifested", "pdf"]
