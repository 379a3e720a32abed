"""Subscribers: who is on the list and with which proof, bringing them in and out."""

from dordt.staff.subscribers.room import bp
from dordt.staff.subscribers.views import importing, listing, one

__all__ = ["bp", "importing", "listing", "one"]
