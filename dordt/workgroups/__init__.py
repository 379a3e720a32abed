"""Work groups, their meetings, and who takes part."""
