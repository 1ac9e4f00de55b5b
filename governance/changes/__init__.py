"""Change control: the only way in which controlled content changes.

``propose`` makes a change request of typed operations, ``policies`` decide what it needs, ``release`` brings it into
force in one transaction: immutable revisions first, then the projections that pages and queries read.
"""

from .operation import CURRENT, Operation
from .propose import propose

__all__ = ["CURRENT", "Operation", "propose"]
