"""Each field of a subscriber is asked, kept, shown, imported and exported; a new one fails here until it is."""

from collections.abc import Callable
from typing import Any

import pytest

from dordt.extensions import db
from dordt.shared import clock
from dordt.staff.subscribers.forms import ColumnsForm, EnterForm
from dordt.subscribers import services
from dordt.subscribers.fields import FIELDS, SubscriberFields, fields_of, shown_fields
from dordt.subscribers.forms import ChoicesForm, SubscribeForm
from dordt.subscribers.imports.rows import COLUMNS
from dordt.subscribers.services import exports
from dordt.subscribers.services.staff_entry import StaffEntry, enter_subscriber
from tests.factories.accounts import make_member
from tests.factories.imports import make_import
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_subscriber, preferences_path, unsubscribe_path
from tests.support.csv_files import csv_rows
from tests.support.subscribers import the_subscriber
from tests.support.visitors import Visitor

FILLED = SubscriberFields(neighbourhoods=["dubbeldam"], topics=["wonen"])
CELLS = {"neighbourhoods": "dubbeldam", "topics": "wonen"}
SHOWN = {"neighbourhoods": "Dubbeldam", "topics": "Wonen"}


@pytest.fixture(autouse=True)
def places(app):
    make_neighbourhood(slug="dubbeldam", name="Dubbeldam")
    make_topic(slug="wonen", name="Wonen")


def test_the_values_and_the_list_name_the_same_fields():
    names = [field.name for field in FIELDS]

    assert list(SubscriberFields._fields) == names == list(CELLS) == list(SHOWN)
    assert all(FILLED)


@pytest.mark.parametrize("form", [SubscribeForm, ChoicesForm, EnterForm, ColumnsForm], ids=lambda form: form.__name__)
def test_a_form_asks_for_each_field(form: Any):
    assert not [field.name for field in FIELDS if not hasattr(form, field.name)]


@pytest.mark.parametrize("path", ["/nieuwsbrief/", "/beheer/abonnees/nieuw/", "preferences"])
def test_a_page_asks_for_each_field(staff_client: Callable[..., Visitor], path: str):
    at = preferences_path(make_subscriber()) if path == "preferences" else path

    page = staff_client("beheerder").get(at).text

    assert not [name for name in SubscriberFields._fields if f'name="{name}"' not in page]


def test_what_is_filled_in_is_kept_however_it_comes(app):
    at = clock.now()
    services.request_subscription(services.SubscriptionRequest("a@voorbeeld.nl", FILLED, "Ja."), at=at)
    assert fields_of(the_subscriber()) == FILLED
    db.session.delete(the_subscriber())
    db.session.commit()

    enter_subscriber(StaffEntry("a@voorbeeld.nl", FILLED, source="Balie", given_at=at), by=make_member(), at=at)
    assert fields_of(the_subscriber()) == FILLED

    token = unsubscribe_path(the_subscriber()).split("/")[-2]
    services.change_choices(token, SubscriberFields(), at=at)
    assert not any(fields_of(the_subscriber()))

    services.change_choices(token, FILLED, at=at)
    assert fields_of(the_subscriber()) == FILLED


def test_what_is_exported_can_be_imported(staff_client: Callable[..., Visitor]):
    cells = ";".join(CELLS.values())
    found = make_import(
        f"a@voorbeeld.nl;{cells};2026-03-09;Balie",
        head=";".join(COLUMNS),
        columns={name: at for at, name in enumerate(COLUMNS)},
    )
    assert (found.added_count, fields_of(the_subscriber())) == (1, FILLED)

    answer = staff_client("beheerder").post("/beheer/abonnees/exporteren/", data={"soort": "csv"})

    head, row = csv_rows(answer)
    assert head == list(exports.LIST_HEADERS)
    assert {name: dict(zip(head, row, strict=True))[name] for name in CELLS} == CELLS


def test_residents_and_staff_see_each_field(staff_client: Callable[..., Visitor]):
    subscriber = make_subscriber()
    token = unsubscribe_path(subscriber).split("/")[-2]
    services.change_choices(token, FILLED, at=clock.now())
    number, path = subscriber.id, preferences_path(subscriber)
    assert [value for _label, value in shown_fields(the_subscriber())] == list(SHOWN.values())

    own = staff_client("beheerder").get(f"{path}gegevens/").text
    staff = staff_client("beheerder").get(f"/beheer/abonnees/{number}/").text
    taken = staff_client("beheerder").get(f"{path}gegevens.json").get_json()

    for field in FIELDS:
        assert f"<dt>{field.label}</dt><dd>{SHOWN[field.name]}</dd>" in own
        assert f"<dt>{field.label}</dt><dd>{SHOWN[field.name]}</dd>" in staff
        assert taken["abonnement"][0][field.label.lower()]
