"""The start page: what needs somebody today."""
