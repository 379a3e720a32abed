"""Files with subscribers, as staff bring them in."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.database import reading
from dordt.subscribers.imports import services as imports
from dordt.subscribers.models import SubscriberImport
from tests.factories.accounts import make_member

HEAD = "E-mail;Wijk;Thema;Datum;Bron"
OUR_COLUMNS = {"email": 0, "neighbourhoods": 1, "topics": 2, "consent_at": 3, "consent_source": 4}


def make_upload(*rows: str, head: str = HEAD, by: StaffMember | None = None, at: datetime | None = None) -> int:
    """A file that waits to be started; each row as in 'anna@voorbeeld.nl;;;2026-03-09;Balie'."""
    content = "\r\n".join((head, *(rows or ("anna@voorbeeld.nl;;;2026-03-09;Balie",)))).encode()
    return imports.keep_file("lijst.csv", content, by=by or make_member(), at=at or clock.now())


def make_queued(
    *rows: str,
    by: StaffMember | None = None,
    source: str = "",
    given_at: datetime | None = None,
    head: str = HEAD,
    columns: Mapping[str, int] = OUR_COLUMNS,
) -> int:
    """A file that was started, and waits for the worker."""
    by = by or make_member()
    number = make_upload(*rows, by=by, head=head)
    choice = imports.ImportChoice(columns, source=source, given_at=given_at)
    imports.start_import(number, choice, by=by, at=clock.now())
    return number


def make_import(*rows: str, **given: Any) -> SubscriberImport:
    """A file that was imported."""
    number = make_queued(*rows, **given)
    imports.import_waiting(threading.Event(), now=clock.now)
    return found_import(number)


def found_import(number: int) -> SubscriberImport:
    """The import as it stands in the database now; looking at it keeps no worker waiting."""
    db.session.rollback()
    db.session.expire_all()
    with reading():
        query = SubscriberImport.numbered(number).options(sa.orm.undefer(SubscriberImport.content))
        found = db.session.scalars(query).one()
        db.session.expunge(found)
        db.session.rollback()
    return found
