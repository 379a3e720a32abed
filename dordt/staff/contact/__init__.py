"""The messages of residents, and their answers."""
