"""Work groups and who wants to take part."""
