"""The log of who did what; written inside the caller's transaction."""
