"""Replay: what was quarantined or died goes its way again, by a frozen plan with a reason."""
