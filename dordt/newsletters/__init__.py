"""Newsletters: from published news to the inbox."""
