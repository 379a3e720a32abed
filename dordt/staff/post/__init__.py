"""Every mail that went out and what became of it, the mail that came in, and the addresses that get none."""
