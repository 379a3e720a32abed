"""Undoing an import: whom it brought goes, who did something themselves stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox as post
from dordt.mailer.models import Delivery, DeliveryState, MailKind
from dordt.newsletters.sending import audience
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.subscribers import services
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.models import Subscriber, SubscriberState
from dordt.subscribers.services.import_undo import undo_import
from tests.factories.accounts import make_member
from tests.factories.imports import found_import, make_import, make_queued
from tests.factories.mailer import make_draft
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import confirm_path, make_subscriber, unsubscribe_path

NAMES = ["anna", "bram", "cor"]


def rows(*names: str) -> list[str]:
    return [f"{name}@voorbeeld.nl;;;2026-03-09;Balie" for name in names]


def states() -> dict[str, str]:
    db.session.rollback()
    found = db.session.execute(sa.select(Subscriber.email, Subscriber.state).order_by(Subscriber.id)).all()
    return {email.split("@")[0]: str(state) for email, state in found}


def undo(number: int, *, after: timedelta = timedelta(0)) -> dict[str, int]:
    undo_import(number, by=make_member(), at=clock.now() + after)
    found = found_import(number)
    return {name: getattr(found, f"{name}_count") for name in ("removed", "returned", "ended", "stayed")}


def subscriber(name: str) -> Subscriber:
    return db.session.scalars(Subscriber.with_key(f"{name}@voorbeeld.nl")).one()


def proofs() -> set[str]:
    return {key.split("@")[0] for key in db.session.scalars(sa.select(Consent.address_key))}


def test_whom_it_brought_is_gone_with_proof_and_choices_and_nobody_else(app):
    make_subscriber(email="eerder@voorbeeld.nl")
    make_import(*rows("vorige"))
    make_neighbourhood(slug="sterrenburg")
    found = make_import(*rows(*NAMES, "eerder"), "dora@voorbeeld.nl;sterrenburg;;2026-03-09;Balie")

    counts = undo(found.id)

    assert counts == {"removed": 4, "returned": 0, "ended": 0, "stayed": 0}
    assert states() == {"eerder": "confirmed", "vorige": "confirmed"}
    assert proofs() == {"vorige"}
    assert found_import(found.id).state == "undone"


def test_who_did_something_themselves_since_stays_and_is_counted(app, client):
    found = make_import(*rows(*NAMES, "dora"))
    client.post(unsubscribe_path(subscriber("anna")))
    token = unsubscribe_path(subscriber("bram")).split("/")[-2]
    services.change_choices(token, SubscriberFields(), at=clock.now())
    token = unsubscribe_path(subscriber("cor")).split("/")[-2]
    services.pause(token, 1, at=clock.now())

    counts = undo(found.id)

    assert counts == {"removed": 1, "returned": 0, "ended": 0, "stayed": 3}
    assert states() == {"anna": "unsubscribed", "bram": "confirmed", "cor": "paused"}
    assert proofs() == {"anna", "bram", "cor"}


def test_who_waited_for_a_mail_waits_again_and_can_still_confirm(app, client):
    anna = make_subscriber(
        SubscriberState.UNCONFIRMED, email="anna@voorbeeld.nl", neighbourhoods=[make_neighbourhood()]
    )
    asked_at = anna.asked_at
    consent.record(anna.email_key, ConsentPurpose.NEWSLETTER, text="Ja.", source="/nieuwsbrief/", at=asked_at)
    db.session.commit()
    found = make_import(*rows("anna"))
    assert states() == {"anna": "confirmed"}

    counts = undo(found.id)

    assert counts == {"removed": 0, "returned": 1, "ended": 0, "stayed": 0}
    back = subscriber("anna")
    assert (back.state, back.asked_at, back.confirmed_at, back.import_id) == ("unconfirmed", asked_at, None, None)
    assert len(back.neighbourhoods) == 1
    assert proofs() == {"anna"}
    client.post(confirm_path(back))
    assert states() == {"anna": "confirmed"}


def test_who_used_the_link_of_their_own_request_in_the_meantime_stays(app, client):
    anna = make_subscriber(SubscriberState.UNCONFIRMED, email="anna@voorbeeld.nl")
    consent.record(anna.email_key, ConsentPurpose.NEWSLETTER, text="Ja.", source="/nieuwsbrief/", at=anna.asked_at)
    db.session.commit()
    found = make_import(*rows("anna"))
    client.post(confirm_path(anna))

    counts = undo(found.id)

    assert counts == {"removed": 0, "returned": 0, "ended": 0, "stayed": 1}
    assert states() == {"anna": "confirmed"}
    own = db.session.scalars(sa.select(Consent).where(Consent.import_id.is_(None))).one()
    assert own.confirmed_at


def test_newsletters_that_wait_for_them_do_not_leave(app):
    from dordt.mailer.ledger import outbox
    from dordt.mailer.models import MailKind

    make_subscriber(email="eerder@voorbeeld.nl")
    found = make_import(*rows("anna"))
    people = sa.select(Subscriber.id, Subscriber.email, Subscriber.email_key, Subscriber.link_version)
    outbox.freeze(make_draft(), people, kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=clock.now())
    db.session.commit()

    undo(found.id)

    left = dict(db.session.execute(sa.select(Delivery.address_key, Delivery.state)).all())
    assert left == {"anna@voorbeeld.nl": "cancelled", "eerder@voorbeeld.nl": "queued"}


def test_it_can_be_done_once_and_for_a_day(app):
    first, second = make_import(*rows("anna")), make_import(*rows("bram"))
    by, at = make_member(), clock.now()

    undo_import(first.id, by=by, at=at)
    undo_import(first.id, by=by, at=at)
    with pytest.raises(NotAllowed, match="U kon dit ongedaan maken tot"):
        undo_import(second.id, by=by, at=at + timedelta(hours=24, minutes=1))

    assert states() == {"bram": "confirmed"}


def test_what_has_not_been_imported_yet_cannot_be_undone(app):
    with pytest.raises(NotAllowed):
        undo(make_queued(*rows("anna")))


def test_after_undoing_the_same_list_can_be_imported_again(app):
    undo(make_import(*rows(*NAMES)).id)

    again = make_import(*rows(*NAMES))

    assert again.added_count == 3


def test_whom_a_newsletter_reached_can_still_leave_by_its_link_and_no_file_brings_them_back(app, client):
    found = make_import(*rows("anna", "bram"))
    anna = subscriber("anna")
    link = unsubscribe_path(anna)
    readers = sa.select(*audience.COLUMNS).where(Subscriber.id == anna.id)
    mail = post.freeze(make_draft(), readers, kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=clock.now())
    db.session.execute(sa.update(Delivery).where(Delivery.mail_id == mail.id).values(state=DeliveryState.ACCEPTED))
    db.session.commit()

    counts = undo(found.id)

    assert counts == {"removed": 1, "returned": 0, "ended": 1, "stayed": 0}
    assert states() == {"anna": "unsubscribed"}
    assert client.get(link).status_code == 200
    assert make_import(*rows("anna")).unsubscribed_count == 1


def test_who_asked_for_it_since_is_asked_to_confirm(app, client, outbox):
    found = make_import(*rows("anna"))
    request = services.SubscriptionRequest("anna@voorbeeld.nl", SubscriberFields(), "Ja, stuur mij de nieuwsbrief.")
    services.request_subscription(request, at=clock.now())

    counts = undo(found.id)

    assert counts == {"removed": 0, "returned": 1, "ended": 0, "stayed": 0}
    assert [mail.name for mail in outbox()] == ["already_subscribed", "confirm_subscription"]
    client.post(outbox()[1].path("bevestigen"))
    assert states() == {"anna": "confirmed"}
