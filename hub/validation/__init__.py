"""The validation pack: what an inspector asks for first, from this installation itself, as HTML and PDF/A."""
