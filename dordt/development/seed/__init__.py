"""Demo content: a town full of fictional residents, so that no page is empty."""
