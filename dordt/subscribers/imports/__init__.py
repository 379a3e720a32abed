"""Lists of subscribers that staff bring in: read, checked row by row, stored, and noted."""
