"""T1: how messages come in, by doors and by polling, and are accepted once each."""
