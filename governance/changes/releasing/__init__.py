"""A change comes into force, all of it or nothing, and what failed goes back the same way."""
