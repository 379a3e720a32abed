"""Lists of subscribers: uploaded, started or withdrawn by staff, and imported by the worker.

Each row brings proof of consent that was given elsewhere; who left never comes back. The rows are stored in short
transactions; each also notes how far it is, under a lease. So a worker that is killed loses nothing, another goes on,
and of two that meet one finds that the other was there.
"""

import logging
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.worker import wakeup
from dordt.shared.database import affected, is_postgres, reading
from dordt.shared.problems import NotAllowed, NotFound
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.imports.files import ImportFileRefused, Sheet, read_sheet
from dordt.subscribers.imports.rows import RowCheck, RowRefusal
from dordt.subscribers.imports.storing import BatchCounts, store
from dordt.subscribers.models import ImportRefusal, ImportState, SubscriberImport

LARGEST = 20 * 1024 * 1024  # bytes; some 300,000 rows
KEPT_FOR = timedelta(hours=24)
FILENAME_LIMIT = 200
ROWS_PER_COMMIT = 1000  # each commit frees the database for residents and for the mailer
ANALYSE_FROM = 1000  # subscribers
LEASE = timedelta(seconds=60)  # renewed with each commit
WENT_WRONG = "Er ging bij ons iets mis. Wat al klaar was, staat in de lijst. U kunt dat ongedaan maken."
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImportChoice:
    """Which of our columns stands where in the file, and the proof for rows that bring none themselves."""

    columns: Mapping[str, int]
    source: str
    given_at: datetime | None


@asks(Right.ADMINISTER)
def keep_file(filename: str, content: bytes, *, by: StaffMember, at: datetime) -> int:
    """Keep a file that can be imported; nobody is added yet. Returns its number. Raises ImportFileRefused."""
    if len(content) > LARGEST:
        raise ImportFileRefused("Dit bestand is groter dan 20 MB. Verdeel uw lijst over meer bestanden.")
    sheet = read_sheet(content)
    row_count = sum(1 for _record in sheet.records())
    if not any(heading.strip() for heading in sheet.headings):
        raise ImportFileRefused("De eerste regel is leeg. Zet daar de namen van de kolommen.")
    if not row_count:
        raise ImportFileRefused("In dit bestand staan alleen de namen van de kolommen. Zet er adressen onder.")
    found = SubscriberImport(
        filename=_name(filename), content=content, row_count=row_count, created_at=at, created_by_id=by.id
    )
    db.session.add(found)
    db.session.commit()
    return found.id


@asks(Right.ADMINISTER)
def start_import(import_id: int, choice: ImportChoice, *, by: StaffMember, at: datetime) -> None:
    """Let the worker import it; a second time changes nothing. Raises NotAllowed when it was withdrawn."""
    values = {"columns": dict(choice.columns), "source": choice.source, "given_at": choice.given_at}
    if _step(import_id, ImportState.QUEUED, **values):
        wakeup.enqueue(wakeup.JOBS)
        found = _found(import_id)
        audit.record("subscriber.import_started", subject=found, by=by, at=at, rows=found.row_count)
        db.session.commit()
        return
    db.session.rollback()
    if _found(import_id).state == ImportState.WITHDRAWN:
        raise NotAllowed("Dit bestand is ingetrokken. Kies het opnieuw als u het toch wilt overnemen.")


@asks(Right.ADMINISTER)
def withdraw_file(import_id: int, *, by: StaffMember, at: datetime) -> None:
    """Erase a file that was not started. Raises NotAllowed once it was."""
    if _step(import_id, ImportState.WITHDRAWN, content=None, finished_at=at):
        audit.record("subscriber.import_withdrawn", subject=_found(import_id), by=by, at=at)
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
    return affected(done)


def _step(import_id: int, to: ImportState, **values: object) -> bool:
    """From uploaded on; of two clicks at once one finds it so."""
    mine = sa.update(SubscriberImport).where(
        SubscriberImport.id == import_id, SubscriberImport.state == ImportState.UPLOADED
    )
    done = db.session.execute(mine.values(state=to, **values))
    return bool(affected(done))


def _found(import_id: int) -> SubscriberImport:
    found = db.session.scalar(SubscriberImport.numbered(import_id))
    if found is None:
        raise NotFound("subscriber_import", import_id)
    return found


def _name(filename: str) -> str:
    """Without the folders that some browsers send along."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[:FILENAME_LIMIT] or "lijst.csv"


def import_waiting(stop: threading.Event, *, now: Clock) -> None:
    """Do every import that waits, or that a worker left behind; ends between two commits once `stop` is set."""
    with reading():
        waiting = sa.select(SubscriberImport.id).where(_is_free(now())).order_by(SubscriberImport.id)
        numbers = db.session.scalars(waiting).all()
        db.session.rollback()
    for number in numbers:
        if not stop.is_set():
            import_file(number, stop, now=now)


def import_now(sheet: Sheet, content: bytes, filename: str, columns: dict[str, int], *, now: Clock) -> SubscriberImport:
    """Import a file here, without waiting for a worker; when this process is killed, a worker goes on."""
    lease = now() + LEASE
    found = SubscriberImport(
        filename=filename,
        content=content,
        columns=columns,
        state=ImportState.RUNNING,
        row_count=sum(1 for _record in sheet.records()),
        lease_until=lease,
        created_at=now(),
    )
    db.session.add(found)
    db.session.commit()
    number = found.id
    _work(number, lease, threading.Event(), now=now)
    return db.session.scalars(SubscriberImport.numbered(number)).one()


def import_file(import_id: int, stop: threading.Event, *, now: Clock) -> None:
    """Take the import, unless somebody else has it, and store its rows until it is done or `stop` is set."""
    lease = _acquire_lease(import_id, now())
    if lease:
        _work(import_id, lease, stop, now=now)


def _work(import_id: int, lease: datetime, stop: threading.Event, *, now: Clock) -> None:
    try:
        _ImportRun(import_id, lease, now).until(stop)
    except OperationalError:  # the database is away, or was busy for too long: the lease runs out, and it goes on
        db.session.rollback()
        raise
    except Exception:
        logger.exception("Subscriber import %d: failed, no further rows are stored; it can be undone", import_id)
        db.session.rollback()
        _end(import_id, ImportState.FAILED, at=now(), problem=WENT_WRONG)


class _ImportRun:
    """One import, in the hands of this worker for as long as its lease is ours."""

    def __init__(self, import_id: int, lease: datetime, now: Clock) -> None:
        self._id, self._lease, self._now = import_id, lease, now
        with reading():
            found = db.session.scalars(SubscriberImport.numbered(import_id)).one()
            self._sheet = read_sheet(found.content or b"")
            self._check = RowCheck(
                found.columns,
                len(self._sheet.headings),
                {field.name: field.cell_reader() for field in FIELDS},
                at=now(),
                source=found.source,
                given_at=found.given_at,
            )
            self._done = found.done_count
            db.session.rollback()  # so that reading and checking the file takes no lock
            db.session.expunge(found)  # nor its content twice in memory

    def until(self, stop: threading.Event) -> None:
        records = islice(self._sheet.records(), self._done, None)
        while batch := list(islice(records, ROWS_PER_COMMIT)):
            rows, refused = self._check.sorted(batch)
            stored = store(rows, self._id)
            stored.refused = len(refused)
            if not self._note(len(batch), stored, refused):
                db.session.rollback()  # somebody else went on with it
                return
            db.session.commit()
            if stop.is_set():
                self._release_lease()
                return
        _end(self._id, ImportState.DONE, at=self._now())

    def _note(self, count: int, stored: BatchCounts, refused: Sequence[RowRefusal]) -> bool:
        lease = self._now() + LEASE
        values = {
            SubscriberImport.done_count: self._done + count,
            SubscriberImport.added_count: SubscriberImport.added_count + stored.added,
            SubscriberImport.known_count: SubscriberImport.known_count + stored.known,
            SubscriberImport.unsubscribed_count: SubscriberImport.unsubscribed_count + stored.unsubscribed,
            SubscriberImport.refused_count: SubscriberImport.refused_count + stored.refused,
            SubscriberImport.lease_until: lease,
        }
        if not _changed(sa.update(SubscriberImport).where(self._is_ours()).values(values)):
            return False
        if refused:
            lines = [{"import_id": self._id, "line": each.line, "reason": each.reason} for each in refused]
            db.session.execute(sa.insert(ImportRefusal), lines)
        self._done, self._lease = self._done + count, lease
        return True

    def _release_lease(self) -> None:
        _changed(sa.update(SubscriberImport).where(self._is_ours()).values(lease_until=None))
        db.session.commit()

    def _is_ours(self) -> "sa.ColumnElement[bool]":
        found = SubscriberImport
        is_mine = sa.and_(found.state == ImportState.RUNNING, found.lease_until == self._lease)
        return sa.and_(found.id == self._id, is_mine, found.done_count == self._done)


def _acquire_lease(import_id: int, at: datetime) -> datetime | None:
    """The lease, when it was free."""
    lease = at + LEASE
    mine = sa.update(SubscriberImport).where(SubscriberImport.id == import_id, _is_free(at))
    is_taken = _changed(mine.values(state=ImportState.RUNNING, lease_until=lease))
    db.session.commit()
    return lease if is_taken else None


def _is_free(at: datetime) -> "sa.ColumnElement[bool]":
    has_no_lease = sa.or_(SubscriberImport.lease_until.is_(None), SubscriberImport.lease_until < at)
    is_left = sa.and_(SubscriberImport.state == ImportState.RUNNING, has_no_lease)
    return sa.or_(SubscriberImport.state == ImportState.QUEUED, is_left)


def _end(import_id: int, state: ImportState, *, at: datetime, problem: str | None = None) -> None:
    """Erase the file, and log the counts; nothing when it was ended already."""
    mine = sa.update(SubscriberImport).where(
        SubscriberImport.id == import_id, SubscriberImport.state == ImportState.RUNNING
    )
    if _changed(mine.values(state=state, problem=problem, content=None, lease_until=None, finished_at=at)):
        found = db.session.scalars(SubscriberImport.numbered(import_id)).one()
        audit.record("subscriber.imported", subject=found, by=found.created_by, at=at, **counts_of(found))
        _analyze_tables(found.added_count)
    db.session.commit()


def _analyze_tables(added: int) -> None:
    """PostgreSQL plans by what it knows of a table; undoing would take minutes before it looks by itself."""
    if added > ANALYSE_FROM and is_postgres():
        for table in ("subscriber", "consent"):
            db.session.execute(sa.text(f"ANALYZE {table}"))


def counts_of(found: SubscriberImport) -> dict[str, int]:
    return {
        "added": found.added_count,
        "known": found.known_count,
        "unsubscribed": found.unsubscribed_count,
        "refused": found.refused_count,
    }


def _changed(update: "sa.Update") -> bool:
    done = db.session.execute(update, execution_options={"synchronize_session": False})
    return bool(affected(done))
