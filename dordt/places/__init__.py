"""Wijken and themes: data that staff edit."""
