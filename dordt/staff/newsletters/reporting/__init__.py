"""The report of a newsletter, and the overview of all of them."""
