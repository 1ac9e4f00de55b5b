"""A change while it is written: several persons edit a draft, it is checked, and frozen when it is submitted."""
