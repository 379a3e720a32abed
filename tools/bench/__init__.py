"""Benchmarks: our ways beside the plain ones, in one run on one machine, so that the ratio means something."""
