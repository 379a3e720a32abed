"""Subscribers: who is on the list and with which proof, bringing them in and out."""

from dordt.staff.subscribers import bp
from dordt.staff.subscribers.views import imports, people

__all__ = ["bp", "imports", "people"]
