"""Purging the whole log changes no page and no decision about subscribers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.models import Subscriber
from dordt.subscribers.services.import_undo import undo_import
from dordt.subscribers.services.staff_entry import StaffEntry, enter_subscriber
from tests.factories.accounts import make_member
from tests.factories.imports import found_import, make_import
from tests.factories.subscribers import unsubscribe_path
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGES = "/beheer/abonnees/"


def purge() -> None:
    db.session.execute(sa.delete(AuditEntry))
    db.session.commit()


def enter(name: str) -> int:
    given_at = clock.now() - timedelta(days=1)
    entry = StaffEntry(f"{name}@voorbeeld.nl", SubscriberFields(), source="Balie", given_at=given_at)
    return enter_subscriber(entry, by=make_member(name="Mila Bos"), at=clock.now())[1]


def test_the_proof_still_says_who_entered_it(app, staff_client: StaffClient):
    number = enter("anna")
    make_import("bram@voorbeeld.nl;;;2026-03-09;Balie", by=make_member(name="Noor Kok"))
    client = staff_client("beheerder")
    pages = [f"{PAGES}{number}/", f"{PAGES}{number}/bewijs/"]
    before = [client.get(page).text.count("Mila Bos") for page in pages]
    table = client.post(f"{PAGES}bewijs/", data={"soort": "csv"}).text

    purge()

    assert "Mila Bos" in table
    assert "Noor Kok (lijst 1" in table
    assert [client.get(page).text.count("Mila Bos") for page in pages] == before == [1, 1]
    assert client.post(f"{PAGES}bewijs/", data={"soort": "csv"}).text == table


def test_the_list_is_exported_as_before(app, staff_client: StaffClient):
    enter("anna")
    make_import("bram@voorbeeld.nl;;;2026-03-09;Balie")
    client = staff_client("beheerder")
    before = client.post(f"{PAGES}exporteren/", data={"soort": "csv"}).text

    purge()

    assert client.post(f"{PAGES}exporteren/", data={"soort": "csv"}).text == before


@pytest.mark.parametrize("is_purged", [False, True], ids=["with its log", "without"])
def test_undoing_an_import_spares_who_did_something_themselves(app, staff_client: StaffClient, is_purged: bool):
    found = make_import("anna@voorbeeld.nl;;;2026-03-09;Balie", "bram@voorbeeld.nl;;;2026-03-09;Balie")
    anna = db.session.scalars(Subscriber.with_key("anna@voorbeeld.nl")).one()
    token = unsubscribe_path(anna).split("/")[-2]
    services.change_choices(token, SubscriberFields(), at=clock.now())
    if is_purged:
        purge()

    undo_import(found.id, by=make_member(), at=clock.now())
    if is_purged:
        purge()

    assert db.session.scalars(sa.select(Subscriber.email)).all() == ["anna@voorbeeld.nl"]
    assert found_import(found.id).stayed_count == 1
    page = staff_client("beheerder").get(f"{PAGES}importeren/{found.id}/").text
    assert "1 abonnee is van de lijst gehaald" in page
    assert "1 deed daarna zelf iets" in page
