"""The pictures, one to a file; each draws itself."""
