"""Subscribers to the newsletter."""
