"""Taking a message in: one message, one number, one transaction."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from dordt.consent.models import Consent
from dordt.contact import emails, services
from dordt.contact.files import Upload, path_of
from dordt.contact.models import Message, MessageFile
from dordt.extensions import db
from dordt.shared import storage
from tests.factories.contact import make_submission

FRIDAY = datetime(2027, 3, 5, 9, tzinfo=UTC)
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Amsterdam
PLAN = Upload("plan.pdf", "application/pdf", b"%PDF-1.7 plan")

pytestmark = pytest.mark.usefixtures("places")


def messages() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def test_numbers_count_up_within_the_year_of_amsterdam(app):
    moments = (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), NEW_YEARS_EVE, FRIDAY)

    references = [services.send_message(make_submission(), at=moment).reference for moment in moments]

    assert references == ["DZ-2026-000001", "DZ-2027-000001", "DZ-2027-000002"]


def test_the_day_of_answer_follows_from_the_theme(app):
    receipt = services.send_message(make_submission(), at=FRIDAY)

    assert receipt.reply_by_on == date(2027, 3, 10)


def test_a_message_is_stored_with_all_that_was_filled_in(app):
    submission = make_submission(phone="078 123 45 67", location="Sterrenburgpark", uploads=(PLAN,))

    receipt = services.send_message(submission, at=FRIDAY)

    (message,) = messages()
    assert (message.reference, message.status, message.created_at) == (receipt.reference, "new", FRIDAY)
    assert (message.email, message.email_key) == ("Anna@Voorbeeld.nl", "anna@voorbeeld.nl")
    assert (message.neighbourhood, message.topic.slug, message.location) == (
        "sterrenburg",
        "groen-en-spelen",
        "Sterrenburgpark",
    )
    (file,) = message.files
    assert (file.filename, file.size) == ("plan.pdf", len(PLAN.content))
    with storage.open_file(path_of(file.key)) as kept:
        assert kept.read() == PLAN.content


def test_the_same_form_twice_is_one_message_with_one_receipt(app, outbox):
    submission = make_submission(form_key="een-keer-getoond", uploads=(PLAN,))

    first, second = services.send_message(submission, at=FRIDAY), services.send_message(submission, at=FRIDAY)

    assert first == second
    assert len(messages()) == 1
    assert [mail.name for mail in outbox()] == ["message_received", "message_notice"]
    assert len(list((app.config["DATA_DIR"] / "media" / "berichten").iterdir())) == 1


def test_a_form_that_was_changed_and_sent_again_is_a_second_message(app):
    services.send_message(make_submission(form_key="een-keer-getoond"), at=FRIDAY)
    services.send_message(make_submission(form_key="een-keer-getoond", body="En de schommel ook."), at=FRIDAY)

    assert [message.body for message in messages()][1] == "En de schommel ook."


def test_without_a_form_every_message_counts(app):
    for _ in range(2):
        services.send_message(make_submission(), at=FRIDAY)

    assert len(messages()) == 2


def test_who_wants_to_be_kept_informed_leaves_a_proof_of_consent(app):
    services.send_message(make_submission(keep_informed=True), at=FRIDAY)

    (consent,) = db.session.scalars(sa.select(Consent))
    assert (consent.address_key, consent.purpose, consent.asked_at) == ("anna@voorbeeld.nl", "keep_informed", FRIDAY)


def test_when_something_goes_wrong_neither_message_nor_file_nor_mail_stays(app, outbox, monkeypatch):
    monkeypatch.setattr(emails, "message_notice", lambda message: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.send_message(make_submission(uploads=(PLAN,)), at=FRIDAY)

    assert messages() == []
    assert outbox() == []
    assert db.session.scalars(sa.select(MessageFile)).all() == []
    assert list((app.config["DATA_DIR"] / "media" / "berichten").iterdir()) == []
