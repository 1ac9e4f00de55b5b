"""Is it working: interfaces, systems, and what passes through them."""
