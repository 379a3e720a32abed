"""Settings that the administrator makes for everybody."""
