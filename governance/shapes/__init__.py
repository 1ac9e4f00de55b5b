"""Forms from schemas: the content of any controlled kind as labelled fields, and what was filled in back as content.

``build`` draws a content by its JSON Schema, ``read`` takes what a browser sent, ``place`` puts sentences beside the
fields that they name. Pure: neither knows Django, a kind or a page.
"""

from governance.shapes.build import Frame, build
from governance.shapes.field import Field
from governance.shapes.place import place
from governance.shapes.read import Reading, read

__all__ = ["Field", "Frame", "Reading", "build", "place", "read"]
