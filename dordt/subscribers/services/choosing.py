"""What a subscriber reads about, and a time without newsletters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import SuppressionScope
from dordt.places import services as places
from dordt.shared.clock import AMSTERDAM
from dordt.subscribers.models import Subscriber, SubscriberState
from dordt.subscribers.services.finding import find_by_preferences_token, note_act

PAUSE_MONTHS = (1, 3, 6)
LAST_DAY = 28  # every month has it


def change_choices(token: str, *, neighbourhoods: Sequence[str], topics: Sequence[str], at: datetime) -> None:
    """From now on the newsletter is about these wijken and topics; none means all."""
    subscriber = find_by_preferences_token(token, lock=True)
    subscriber.neighbourhoods = places.neighbourhoods(neighbourhoods)
    subscriber.topics = places.topics(topics)
    note_act("subscriber.choices_changed", subscriber, at=at)
    db.session.commit()


def pause_choices(at: datetime) -> dict[int, datetime]:
    """How many months one may pause, and the morning on which newsletters come again."""
    return {months: _morning_after(at, months) for months in PAUSE_MONTHS}


def pause(token: str, months: int, *, at: datetime) -> None:
    """No newsletter for some months; what waits in the post does not leave. A second pause replaces the first."""
    subscriber = find_by_preferences_token(token, lock=True)
    subscriber.state, subscriber.paused_until = SubscriberState.PAUSED, pause_choices(at)[months]
    db.session.flush()  # before looking for mail: a newsletter that is being started waits for this row, or we for it
    outbox.withdraw(subscriber.email_key, scope=SuppressionScope.NEWSLETTER)
    note_act("subscriber.paused", subscriber, at=at)
    db.session.commit()


def resume(token: str, *, at: datetime) -> None:
    """Newsletters come again at once. Who is not paused stays as they are."""
    subscriber = find_by_preferences_token(token, lock=True)
    if subscriber.state == SubscriberState.PAUSED:
        subscriber.state, subscriber.paused_until = SubscriberState.CONFIRMED, None
        note_act("subscriber.resumed", subscriber, at=at)
    db.session.commit()


def end_pauses(*, at: datetime) -> int:
    """Bring back everybody whose pause is over; returns how many. One statement: of two workers one finds them."""
    over = sa.update(Subscriber).where(Subscriber.state == SubscriberState.PAUSED, Subscriber.paused_until <= at)
    back = over.values(state=SubscriberState.CONFIRMED, paused_until=None)
    done = db.session.execute(back, execution_options={"synchronize_session": False})
    count = cast("sa.CursorResult[Any]", done).rowcount
    if count:
        audit.record("subscriber.pauses_ended", subject=("subscriber", None), at=at, count=count)
    db.session.commit()
    return count


def _morning_after(at: datetime, months: int) -> datetime:
    day = at.astimezone(AMSTERDAM)
    month = day.year * 12 + day.month - 1 + months
    return datetime(month // 12, month % 12 + 1, min(day.day, LAST_DAY), tzinfo=AMSTERDAM)
