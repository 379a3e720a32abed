"""For who runs the platform: whether it is healthy."""
