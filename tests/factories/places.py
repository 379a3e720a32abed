"""Wijken and themes with valid defaults."""

from itertools import count
from typing import Any

from dordt.extensions import db
from dordt.places.models import Neighbourhood, Topic

_numbers = count(1)


def make_neighbourhood(**given: Any) -> Neighbourhood:
    """A wijk."""
    number = next(_numbers)
    values = {"slug": f"wijk-{number}", "name": f"Wijk {number}", "area": "Oost", "position": number}
    return _added(Neighbourhood(**{**values, **given}))


def make_topic(**given: Any) -> Topic:
    """A theme that is answered within five working days."""
    number = next(_numbers)
    values = {"slug": f"thema-{number}", "name": f"Thema {number}", "position": number}
    return _added(Topic(**{**values, **given}))


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row
