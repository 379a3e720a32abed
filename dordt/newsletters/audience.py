"""Who gets a newsletter."""

from typing import Any, cast

import sqlalchemy as sa

from dordt.shared import reading
from dordt.subscribers.models import Subscriber


def everyone() -> "sa.Select[Any]":
    """All confirmed subscribers, in the four columns that the post room copies from."""
    columns = (Subscriber.id, Subscriber.email, Subscriber.email_key, Subscriber.link_version)
    return cast("sa.Select[Any]", Subscriber.receiving().with_only_columns(*columns))


def count() -> int:
    """How many would get a newsletter now; who the post room leaves out is still among them."""
    return reading.count(everyone())
