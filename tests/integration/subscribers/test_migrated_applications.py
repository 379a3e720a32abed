"""Who waited for a mail of an older version has a form of their own after the upgrade, and their link still works."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from dordt.extensions import db
from dordt.shared.links import issue_token
from dordt.shared.problems import LinkInvalid
from dordt.subscribers import emails
from dordt.subscribers.services import applications
from tests.support.databases import ENGINES
from tests.support.migrating import app_at, fill, rows

OLD, NEW = "0006_applications", "0007_subscriber_applications"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


@pytest.fixture
def migrated(old_app: Flask) -> None:
    """Of four, the second never confirmed and the third left and asked again."""
    states = {1: "confirmed", 2: "unconfirmed", 3: "unsubscribed", 4: "unsubscribed"}
    for number, state in states.items():
        address = {"email": f"L{number}@x.nl", "email_key": f"l{number}@x.nl"}
        fill("subscriber", {"state": state, "link_version": 1, "asked_at": AT} | address)
    fill("neighbourhood", {"id": 7, "slug": "reeland", "name": "Reeland", "area": "Centrum", "position": 1})
    fill("subscriber_neighbourhood", {"subscriber_id": 2, "neighbourhood_id": 7})
    proof = {"purpose": "newsletter", "method": "web_form", "source": "/nieuwsbrief/", "asked_at": AT}
    fill("consent", {"id": 1, "address_key": "l1@x.nl", "confirmed_at": AT} | proof)
    for number in (2, 3):
        fill("consent", {"id": number, "address_key": f"l{number}@x.nl", "confirmed_at": None} | proof)
    upgrade(revision=NEW)


@pytest.mark.usefixtures("migrated")
def test_a_form_that_waited_is_carried_over():
    kept = rows("subscriber_application", "id", "subscriber_id", "email", "fields", "consent_id")

    assert kept == [
        (2, 2, "L2@x.nl", {"neighbourhoods": ["reeland"], "topics": []}, 2),
        (3, 3, "L3@x.nl", {"neighbourhoods": [], "topics": []}, 3),
    ]


@pytest.mark.usefixtures("migrated")
def test_a_link_from_before_works_for_its_own_form_alone():
    upgrade()
    fill("subscriber_application", {"subscriber_id": 4, "email": "l4@x.nl", "fields": {}, "asked_at": AT})
    (new,) = {number for (number,) in rows("subscriber_application", "id")} - {2, 3}

    def found(number: int, purpose: str) -> int:
        try:
            return applications.find(issue_token(number, purpose=purpose, version=1)).subscriber_id
        finally:
            db.session.rollback()  # the engine is thrown away with the old application

    assert new > 4
    assert [found(2, emails.CONFIRM_BEFORE), found(new, emails.CONFIRM)] == [2, 4]
    for number in (1, 4, new):
        with pytest.raises(LinkInvalid):
            found(number, emails.CONFIRM_BEFORE)


@pytest.mark.usefixtures("migrated")
def test_on_the_way_back_the_subscribers_stay_as_they_are():
    before = rows("subscriber", "id", "state", "link_version")

    downgrade(revision=OLD)

    assert rows("subscriber", "id", "state", "link_version") == before
