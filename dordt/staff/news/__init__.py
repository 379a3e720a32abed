"""News: writing, publishing and withdrawing articles."""
