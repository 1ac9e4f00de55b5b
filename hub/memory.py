"""The garbage collector of a process that serves: what the start has made is never looked through again.

A full collection walks every object of Django and its models, some tens of milliseconds; frozen, they are left out.
"""

from __future__ import annotations

import gc

YOUNG = 20_000  # objects made before a look at the young ones; the default of 700 looks at each request


def settle_down() -> None:
    """Called once everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
