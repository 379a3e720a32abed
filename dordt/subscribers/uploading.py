"""A file with subscribers before it is imported: kept for a day, looked at, and started or withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.worker import wakeup
from dordt.shared.problems import NotAllowed, NotFound
from dordt.subscribers.import_models import ImportState, SubscriberImport
from dordt.subscribers.imports.files import FileRefused, read_sheet
from dordt.subscribers.imports.services import log

LARGEST = 20 * 1024 * 1024  # bytes; some 300,000 rows
KEPT_FOR = timedelta(hours=24)
FILENAME_LIMIT = 200


@dataclass(frozen=True)
class ImportChoice:
    """Which of our columns stands where in the file, and the proof for rows that bring none themselves."""

    columns: Mapping[str, int]
    source: str
    given_at: datetime | None


def keep_file(filename: str, content: bytes, *, by: StaffMember, at: datetime) -> int:
    """Keep a file that can be imported; nobody is added yet. Returns its number. Raises FileRefused."""
    if len(content) > LARGEST:
        raise FileRefused("Dit bestand is groter dan 20 MB. Verdeel uw lijst over meer bestanden.")
    sheet = read_sheet(content)
    row_count = sum(1 for _record in sheet.records())
    if not any(heading.strip() for heading in sheet.headings):
        raise FileRefused("De eerste regel is leeg. Zet daar de namen van de kolommen.")
    if not row_count:
        raise FileRefused("In dit bestand staan alleen de namen van de kolommen. Zet er adressen onder.")
    found = SubscriberImport(
        filename=_name(filename), content=content, row_count=row_count, created_at=at, created_by_id=by.id
    )
    db.session.add(found)
    db.session.commit()
    return found.id


def start_import(import_id: int, choice: ImportChoice, *, by: StaffMember, at: datetime) -> None:
    """Let the worker import it; a second time changes nothing. Raises NotAllowed when it was withdrawn."""
    values = {"columns": dict(choice.columns), "source": choice.source, "given_at": choice.given_at}
    if _step(import_id, ImportState.QUEUED, **values):
        wakeup.enqueue(wakeup.JOBS)
        found = _found(import_id)
        log("subscriber.import_started", found, at=at, by=by, rows=found.row_count)
        db.session.commit()
        return
    db.session.rollback()
    if _found(import_id).state == ImportState.WITHDRAWN:
        raise NotAllowed("Dit bestand is ingetrokken. Kies het opnieuw als u het toch wilt overnemen.")


def withdraw_file(import_id: int, *, by: StaffMember, at: datetime) -> None:
    """Erase a file that was not started. Raises NotAllowed once it was."""
    if _step(import_id, ImportState.WITHDRAWN, content=None, finished_at=at):
        log("subscriber.import_withdrawn", _found(import_id), at=at, by=by)
        db.session.commit()
        return
    db.session.rollback()
    if _found(import_id).state != ImportState.WITHDRAWN:
        raise NotAllowed("Dit bestand is al gestart. Wacht tot het klaar is. Daarna kunt u het ongedaan maken.")


def erase_forgotten(*, at: datetime) -> int:
    """Erase files that nobody started within a day; returns how many."""
    old = sa.and_(SubscriberImport.state == ImportState.UPLOADED, SubscriberImport.created_at < at - KEPT_FOR)
    erased = sa.update(SubscriberImport).where(old)
    done = db.session.execute(erased.values(state=ImportState.WITHDRAWN, content=None, finished_at=at))
    db.session.commit()
    return cast("sa.CursorResult[Any]", done).rowcount


def _step(import_id: int, to: ImportState, **values: object) -> bool:
    """From uploaded on; of two clicks at once one finds it so."""
    mine = sa.update(SubscriberImport).where(
        SubscriberImport.id == import_id, SubscriberImport.state == ImportState.UPLOADED
    )
    done = db.session.execute(mine.values(state=to, **values))
    return bool(cast("sa.CursorResult[Any]", done).rowcount)


def _found(import_id: int) -> SubscriberImport:
    found = db.session.scalar(SubscriberImport.numbered(import_id))
    if found is None:
        raise NotFound
    return found


def _name(filename: str) -> str:
    """Without the folders that some browsers send along."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[:FILENAME_LIMIT] or "lijst.csv"
