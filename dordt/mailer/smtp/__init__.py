"""The messages that leave, and how they are handed to a relay."""
