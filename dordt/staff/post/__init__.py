"""Every mail that went out, and what became of it."""
