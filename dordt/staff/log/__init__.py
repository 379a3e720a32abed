"""The log: who changed what, and who read what."""
