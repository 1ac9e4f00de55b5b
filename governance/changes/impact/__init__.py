"""What a change reaches: everything that depends on it, with the reason, the owners and the highest criticality.

``impact_of(references)`` starts at controlled objects, ``impact_of_change(operations)`` at those of a change, judged
before and after it, and ``impact_of_field`` at a field that a system renames. Rights are not looked at here: change
control computes with all; pages and the API show what their reader may see (``seen.py``).
"""

from .computed import impact_of, impact_of_change, impact_of_field
from .reached import Impact, Object, Reached

__all__ = ["Impact", "Object", "Reached", "impact_of", "impact_of_change", "impact_of_field"]
