"""Undoing an import: within a day, at once, and only for those who did nothing themselves since."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.extensions import db
from dordt.mailer.ledger import deliveries, outbox
from dordt.mailer.models import SuppressionScope
from dordt.shared.database import affected
from dordt.shared.formats import dutch_date_time
from dordt.shared.problems import NotAllowed, NotFound
from dordt.subscribers import emails, services
from dordt.subscribers.models import ImportState, Subscriber, SubscriberApplication, SubscriberImport, SubscriberState

WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class UndoCounts:
    """What became of those whom the import had added."""

    removed: int
    returned: int  # to unconfirmed: they had asked for it themselves, and wait for their mail again
    ended: int  # a newsletter had reached them: they are off the list as if they had left, so that its links work
    stayed: int  # they unsubscribed, paused, confirmed or changed something since


def undo_problem(found: SubscriberImport, *, at: datetime) -> str | None:
    """Why an import cannot be undone, if it cannot."""
    if found.state not in {ImportState.DONE, ImportState.FAILED} or found.finished_at is None:
        return "U kunt dit pas ongedaan maken als het klaar is."
    until = found.finished_at + WITHIN
    if at > until:
        return f"U kon dit ongedaan maken tot {dutch_date_time(until)}. Nu moet u abonnees één voor één afmelden."
    return None


@asks(Right.ADMINISTER)
def undo_import(import_id: int, *, by: StaffMember, at: datetime) -> None:
    """Take off the list whom this import added, with their proof and the newsletters that wait for them.

    One transaction. A second time changes nothing. Raises NotAllowed when it is too late.
    """
    services.lock_list()
    found = db.session.scalar(SubscriberImport.numbered(import_id).with_for_update())
    if found is None:
        raise NotFound("subscriber_import", import_id)
    if found.state == ImportState.UNDONE:
        db.session.rollback()
        return
    problem = undo_problem(found, at=at)
    if problem:
        raise NotAllowed(problem)
    undone = _take_off(found, at=at)
    found.state, found.undone_at = ImportState.UNDONE, at
    found.removed_count, found.returned_count = undone.removed, undone.returned
    found.ended_count, found.stayed_count = undone.ended, undone.stayed
    audit.record("subscriber.import_undone", subject=found, by=by, at=at, **asdict(undone))
    db.session.commit()


def _take_off(found: SubscriberImport, *, at: datetime) -> UndoCounts:
    is_idle = _is_idle(found)
    keys = sa.select(Subscriber.email_key).where(is_idle)
    outbox.withdraw(keys, scope=SuppressionScope.NEWSLETTER)
    ended = _end_reached(found, is_idle, at=at)
    consent.forget_imported(found.id, keys)
    # An import leaves the moment at which somebody asked themselves: see imports/storing.py.
    has_asked = sa.or_(Subscriber.asked_at != Subscriber.confirmed_at, SubscriberApplication.awaited())
    asked_since = SubscriberApplication.of_those(is_idle, since=found.created_at)
    for application in db.session.scalars(asked_since).all():  # their form was answered with "you get it already"
        outbox.enqueue(emails.confirm_subscription(application, at=at), at=at)
    waited = sa.update(Subscriber).where(is_idle, has_asked)
    returned = _count(waited.values(state=SubscriberState.UNCONFIRMED, confirmed_at=None, import_id=None))
    removed = _count(sa.delete(Subscriber).where(is_idle))
    return UndoCounts(removed, returned, ended, found.added_count - removed - returned - ended)


def _end_reached(found: SubscriberImport, is_idle: "sa.ColumnElement[bool]", *, at: datetime) -> int:
    """Who already got a newsletter must be able to leave by its link, and never be brought back by the next file."""
    reached = sa.and_(is_idle, deliveries.has_received_newsletter(Subscriber.email_key))
    consent.withdraw_imported(found.id, sa.select(Subscriber.email_key).where(reached), at=at)
    ended = {"state": SubscriberState.UNSUBSCRIBED, "unsubscribed_at": at, "link_version": Subscriber.link_version + 1}
    return _count(sa.update(Subscriber).where(reached).values(**ended))


def _is_idle(found: SubscriberImport) -> "sa.ColumnElement[bool]":
    """Still as the import left them: confirming or moving to another address breaks the tie with the import, and all
    else that residents do sets touched_at."""
    is_untouched = sa.or_(Subscriber.touched_at.is_(None), Subscriber.touched_at < found.created_at)
    is_still_on = Subscriber.state == SubscriberState.CONFIRMED
    return sa.and_(Subscriber.import_id == found.id, is_still_on, is_untouched)


def _count(statement: "sa.Update | sa.Delete") -> int:
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return affected(done)
