"""The pages from a finished draft until all of it is sent."""
