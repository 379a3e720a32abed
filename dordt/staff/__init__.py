"""The rooms of /beheer/ and their one guard."""

from flask import Blueprint


def blueprint() -> Blueprint:
    """Everything under /beheer/, each room a blueprint of its own."""
    return Blueprint("staff", __name__, url_prefix="/beheer")
