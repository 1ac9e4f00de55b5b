"""T2: what was accepted becomes a canonical entity, finds its routes, and is mapped for each target."""
