"""Whoever types somebody's address changes nothing: each link confirms what stood in its own form, and until it is used
what was proved, decided or left stays as it is, to the byte."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers import emails
from dordt.subscribers.fields import fields_of
from dordt.subscribers.models import Subscriber, SubscriberState, subscriber_neighbourhood, subscriber_topic
from dordt.workgroups import services as workgroups
from dordt.workgroups.models import Membership, MembershipState
from tests.factories.accounts import make_member
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_subscriber, preferences_path
from tests.factories.workgroups import make_membership, make_workgroup
from tests.guards.modules import MODULES
from tests.support.subscribers import subscribe
from tests.support.visitors import Visitor, new_visitor, signed_in

ANNA = "anna@voorbeeld.nl"
Step = Callable[[Visitor], Any]


@dataclass(frozen=True)
class Flow:
    """A form that is confirmed by mail.

    asks: the form as its owner fills it in, and `stranger` as somebody else does under the same address. known: puts
    the address in our files in some state. words: what is stored of whoever confirmed. lasting: all that was proved.
    """

    purpose: str
    asks: Step
    stranger: Step
    known: Callable[[str], Any]
    states: tuple[str, ...]
    returning: tuple[str, ...]  # in these a form of theirs is confirmed by its link
    words: Callable[[], Any]
    expected: Any
    lasting: Callable[[], Any]


def _join(**typed: str) -> Step:
    data = {"email": ANNA, "neighbourhood": "sterrenburg", **typed}
    return lambda client: client.post("/werkgroepen/park/aanmelden/", data=data)


def _joined() -> Any:
    (row,) = db.session.scalars(sa.select(Membership).where(Membership.state == MembershipState.REQUESTED))
    return row.name, row.phone, row.motivation, row.show_name


def _memberships() -> Any:
    return db.session.execute(sa.select(Membership.__table__).where(Membership.state != "unconfirmed")).all()


def _subscribers() -> Any:
    proved = sa.select(Consent.__table__).where(Consent.confirmed_at.is_not(None))
    list_of_them = sa.select(Subscriber.__table__).where(Subscriber.state != "unconfirmed")
    pairs = (sa.select(subscriber_neighbourhood), sa.select(subscriber_topic))
    return [db.session.execute(query).all() for query in (list_of_them, proved, *pairs)]


def _on_the_list(email: str = ANNA) -> Any:
    found = db.session.scalars(Subscriber.with_key(email)).one()
    counts = sa.and_(Consent.confirmed_at.is_not(None), Consent.withdrawn_at.is_(None))
    proofs = db.session.scalars(sa.select(Consent).where(counts))
    return found.email, found.state.value, fields_of(found), [proof.source for proof in proofs]


def _staff_enters(**typed: Any) -> Step:
    values = {"email": ANNA, "source": "Balie", "given_on": "2026-03-09", **typed}
    return lambda client: signed_in(client.application, make_member()).post("/beheer/abonnees/nieuw/", data=values)


def _moves_here(email: str) -> Step:
    def ask(client: Visitor) -> Any:
        who = db.session.scalar(Subscriber.with_key(email)) or make_subscriber(email=email)
        return client.post(f"{preferences_path(who)}adres/", data={"email": ANNA})

    return ask


def _moved() -> Any:
    states = db.session.scalars(sa.select(Subscriber.email).where(Subscriber.state == SubscriberState.CONFIRMED))
    return sorted(states)


def _known_subscriber(state: str) -> Subscriber:
    return make_subscriber(SubscriberState(state), email=ANNA)


WIJK = {"neighbourhoods": ["sterrenburg"], "topics": ["groen"]}
OTHER = {"neighbourhoods": ["dubbeldam"], "topics": ["verkeer"]}
ON_THE_LIST = ("confirmed", "paused", "unsubscribed")
FLOWS = {
    "work group": Flow(
        purpose=workgroups.CONFIRM,
        asks=_join(name="Anna", phone="078 123 4567", motivation="Ik doe mee.", show_name="y"),
        stranger=_join(name="Een vreemde", motivation="Ik ben tegen."),
        known=lambda state: make_membership(workgroup(), email=ANNA, state=MembershipState(state), left_at=clock.now()),
        states=("requested", "waiting", "approved", "declined", "left"),
        returning=("declined", "left"),
        words=_joined,
        expected=("Anna", "078 123 4567", "Ik doe mee.", True),
        lasting=_memberships,
    ),
    "newsletter": Flow(
        purpose=emails.CONFIRM,
        asks=lambda client: subscribe(client, ANNA, **WIJK),
        stranger=lambda client: subscribe(client, ANNA.upper(), **OTHER),
        known=_known_subscriber,
        states=ON_THE_LIST,
        returning=("unsubscribed",),
        words=_on_the_list,
        expected=(ANNA, "confirmed", (["sterrenburg"], ["groen"]), ["/nieuwsbrief/"]),
        lasting=_subscribers,
    ),
    "newsletter, then staff": Flow(
        purpose=emails.CONFIRM,
        asks=lambda client: subscribe(client, ANNA, **WIJK),
        stranger=_staff_enters(**OTHER),
        known=_known_subscriber,
        states=ON_THE_LIST,
        returning=("unsubscribed",),
        words=_on_the_list,
        expected=(ANNA, "confirmed", (["sterrenburg"], ["groen"]), ["/nieuwsbrief/"]),
        lasting=_subscribers,
    ),
    "staff, then a stranger": Flow(
        purpose=emails.CONFIRM,
        asks=_staff_enters(**WIJK),
        stranger=lambda client: subscribe(client, ANNA.upper(), **OTHER),
        known=_known_subscriber,
        states=ON_THE_LIST,
        returning=("unsubscribed",),
        words=_on_the_list,
        expected=(ANNA, "confirmed", (["sterrenburg"], ["groen"]), ["Balie"]),
        lasting=_subscribers,
    ),
    "new address": Flow(
        purpose=emails.NEW_ADDRESS,
        asks=_moves_here("oud@voorbeeld.nl"),
        stranger=_moves_here("vreemde@voorbeeld.nl"),
        known=_known_subscriber,
        states=ON_THE_LIST,
        returning=("unsubscribed",),
        words=_moved,
        expected=[ANNA, "vreemde@voorbeeld.nl"],
        lasting=lambda: db.session.execute(sa.select(Subscriber.__table__).where(Subscriber.email_key == ANNA)).all(),
    ),
}


def workgroup() -> Any:
    return _groups[0]


_groups: list[Any] = []


@pytest.fixture(autouse=True)
def offered(app: Flask) -> Any:
    """What the forms offer."""
    for slug in ("sterrenburg", "dubbeldam"):
        make_neighbourhood(slug=slug)
    for slug in ("groen", "verkeer"):
        make_topic(slug=slug)
    _groups[:] = [make_workgroup(slug="park")]
    yield
    _groups.clear()


@pytest.fixture
def links(outbox: Any) -> Callable[[], list[str]]:
    """Where the links lead that confirm something, the oldest first."""

    def found() -> list[str]:
        addresses = [link for mail in outbox() for link in mail.links]
        return [urlsplit(link).path for link in addresses if "/bevestigen/" in link or "/nieuw-adres/" in link]

    return found


def _confirming_purposes() -> set[str]:
    """What links are read for that work for a while only: those confirm something."""
    found = set()
    for module in MODULES:
        for node in ast.walk(module.tree):
            is_reading = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "read_token"
            given = {each.arg: each.value for each in node.keywords} if is_reading else {}
            if "max_age" in given:
                here = vars(import_module(module.dotted))
                found.add(eval(ast.unparse(given["purpose"]), here))  # noqa: S307  (a name in our own code)
    return found


def test_every_link_that_confirms_something_is_walked():
    assert _confirming_purposes() == {flow.purpose for flow in FLOWS.values()} | {emails.CONFIRM_BEFORE}


@pytest.mark.parametrize("name", [name for name in FLOWS if "staff" not in name])  # staff confirm who is not known yet
def test_the_first_link_confirms_the_first_words(client: Visitor, links: Callable[[], list[str]], name: str):
    flow = FLOWS[name]
    flow.asks(client)
    answers = [answer.status_code for answer in (flow.stranger(client), flow.stranger(new_visitor(client.application)))]

    client.post(links()[0])

    assert answers == [303, 303]
    assert flow.words() == flow.expected


LASTING = [(name, state) for name, flow in FLOWS.items() for state in flow.states]
RETURNING = [(name, state) for name, flow in FLOWS.items() for state in flow.returning]


@pytest.mark.parametrize(("name", "state"), LASTING)
def test_until_it_is_proved_nothing_changes(client: Visitor, name: str, state: str):
    flow = FLOWS[name]
    flow.known(state)
    before = flow.lasting()

    flow.stranger(client)
    db.session.rollback()

    assert flow.lasting() == before


@pytest.mark.parametrize(("name", "state"), RETURNING)
def test_who_comes_back_is_believed_by_the_link_of_their_own_form(
    client: Visitor, links: Callable[[], list[str]], name: str, state: str
):
    flow = FLOWS[name]
    flow.known(state)
    flow.asks(client)
    flow.stranger(client)

    client.post(links()[0])

    assert flow.words() == flow.expected
