"""Subscribers: who is on the list and with which proof, bringing them in and out."""

from dordt.staff.subscribers.room import bp
from dordt.staff.subscribers.views import entering, exporting, importing, listing, one

__all__ = ["bp", "entering", "exporting", "importing", "listing", "one"]
