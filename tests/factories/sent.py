"""Newsletters that left: each has its mail in the ledger."""

from datetime import datetime, timedelta
from typing import Any

from dordt.extensions import db
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared import clock
from tests.factories.mailer import make_newsletter as freeze_newsletter
from tests.factories.newsletters import highest_number, make_newsletter


def make_sent_newsletter(
    state: NewsletterState = NewsletterState.SENT, *, started_at: datetime | None = None, **given: Any
) -> Newsletter:
    """A newsletter that began to leave yesterday, or at another moment."""
    newsletter = make_newsletter(state, **given)
    newsletter.number = newsletter.number if newsletter.number > 0 else highest_number() + 1
    newsletter.started_at = started_at or clock.now() - timedelta(days=1)
    newsletter.mail = freeze_newsletter(1, at=newsletter.started_at)
    if state == NewsletterState.SENT:
        newsletter.sent_at = newsletter.started_at + timedelta(minutes=5)
    db.session.commit()
    return newsletter
