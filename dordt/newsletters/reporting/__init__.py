"""What became of a newsletter, and how the list of subscribers grows."""
