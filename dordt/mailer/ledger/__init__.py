"""The ledger: every mail and every delivery, and what became of it."""
