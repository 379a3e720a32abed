"""Why deliveries failed, counted by what the replies mean."""

from collections import Counter

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, MailEvent, MailEventKind
from dordt.mailer.suppression.bounces import FailureCause, failure_causes
from tests.factories.mailer import WRITTEN_AT, make_newsletter

pytestmark = pytest.mark.usefixtures("app")
FAILED, BOUNCED = DeliveryState.FAILED, DeliveryState.BOUNCED


def deliveries(mail_id: int, state: DeliveryState) -> list[Delivery]:
    found = list(db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail_id).order_by(Delivery.id)))
    for delivery in found:
        delivery.state = state
    db.session.commit()
    return found


@pytest.mark.parametrize(
    ("code", "enhanced", "words", "cause"),
    [
        (550, "5.1.1", "5.1.1 User unknown", FailureCause.GONE),
        (552, "5.2.2", "5.2.2 Mailbox full", FailureCause.TROUBLED),
        (451, None, "Try again later", FailureCause.TROUBLED),
        (451, "4.7.1", "4.7.1 Greylisted", FailureCause.OURS),
        (554, "5.7.1", "5.7.1 Message refused as spam", FailureCause.OURS),
        (550, None, "No", FailureCause.UNCLEAR),
        (None, None, "hung up", FailureCause.SILENT),
        (None, None, None, FailureCause.SILENT),
    ],
)
def test_the_answer_of_the_relay_says_why_a_delivery_failed(code, enhanced, words, cause: FailureCause):
    mail = make_newsletter(2)
    failed, other = deliveries(mail.id, FAILED)
    failed.relay_code, failed.relay_enhanced, failed.relay_text = code, enhanced, words
    other.state = DeliveryState.ACCEPTED
    db.session.commit()

    assert failure_causes(mail.id) == {FAILED: Counter({cause: 1}), BOUNCED: Counter()}


def test_of_several_reports_the_last_one_says_why_a_delivery_came_back():
    mail = make_newsletter(3)
    twice, gone, silent = deliveries(mail.id, BOUNCED)
    for delivery, kind, words in [
        (twice, MailEventKind.SOFT_BOUNCED, "550 5.7.1 refused"),
        (gone, MailEventKind.BOUNCED, "something in Turkish"),
        (twice, MailEventKind.SOFT_BOUNCED, "5.2.2 mailbox full"),
        (silent, MailEventKind.ACCEPTED, "BODY: 250 ok"),
    ]:
        db.session.add(MailEvent(delivery_id=delivery.id, kind=kind, at=WRITTEN_AT, detail=words))
        db.session.flush()
    db.session.commit()

    assert failure_causes(mail.id)[BOUNCED] == Counter(
        {FailureCause.TROUBLED: 1, FailureCause.GONE: 1, FailureCause.UNCLEAR: 1}
    )


def test_another_mail_counts_for_itself():
    mail, other = make_newsletter(1), make_newsletter(1)
    deliveries(other.id, FAILED)

    assert failure_causes(mail.id)[FAILED] == Counter()
