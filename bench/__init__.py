"""Programs that measure, and say whether the floors hold. Each has a make target (``make bench-…``)."""
