"""Newsletters: writing, approving, sending, following."""
