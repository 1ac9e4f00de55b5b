"""How dates and times are written where Django writes them: ISO 8601, in UTC, as everywhere in the hub."""
