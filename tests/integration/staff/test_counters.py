"""Each number on the start page and in the menu that is a link leads to a list of exactly that many."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest

from dordt.contact.models import MessageStatus, Outcome
from dordt.extensions import db
from dordt.mailer.models import DeliveryState
from dordt.newsletters.models import NewsletterState
from dordt.shared import clock
from dordt.workgroups.models import MembershipState
from tests.factories.contact import make_message
from tests.factories.inbound import make_sent
from tests.factories.newsletters import make_newsletter
from tests.factories.received import make_received
from tests.factories.workgroups import make_membership, make_workgroup
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
ALL = re.compile(r'<a href="([^"]+)">Bekijk alle ([0-9]+)</a>')
COUNTER = re.compile(r'<a class="count"\s+href="([^"]+)">(?:<span[^>]*>[^<]*</span>)?([0-9]+)</a>')
ONE = re.compile(r'href="(/beheer/(?:berichten|werkgroepen/aanmeldingen|nieuwsbrieven|post|post/binnengekomen)/\d+/)"')
TILE = re.compile(r'href="#[^"]+"><span class="tile__number">(\d+)</span>')


@pytest.fixture
def led(staff_client: StaffClient) -> Visitor:
    """Whoever leads the groups in which people wait."""
    visitor = staff_client("coordinator")
    _waiting(make_workgroup(coordinator_id=visitor.member.id))
    return visitor


def _waiting(workgroup) -> None:
    for state in MembershipState:
        for _number in range(6 + (state is MembershipState.REQUESTED)):
            make_membership(workgroup, state=state)


@pytest.fixture
def much(app) -> None:
    """More of everything than the start page shows, in every state, and some that is just not meant."""
    now, late, on_time = clock.now(), date(2020, 1, 1), date(2099, 1, 1)
    for status in MessageStatus:
        ended = status in {MessageStatus.ANSWERED, MessageStatus.DECLINED}
        for number in range(6):
            due, added = late if number % 2 else on_time, now if number > 1 else None
            make_message(status=status, reply_by_on=due, outcome=Outcome.DONE if ended else None, added_to_at=added)
    for state in NewsletterState:
        for _number in range(2):
            make_newsletter(state)
    for state in DeliveryState:
        for days in (1, 13, 15):
            make_sent(f"{state}{days}@voorbeeld.nl", state=state).created_at = now - timedelta(days=days)
    for number in range(8):
        make_received(handled_at=now if number == 0 else None)
    db.session.commit()
    _waiting(make_workgroup())


def require_true(visitor: Visitor, expected: int) -> None:
    page = visitor.get("/beheer/").text
    main = MAIN.search(page)
    counters = {(unescape(url), int(number)) for url, number in ALL.findall(page) + COUNTER.findall(page)}

    assert len({url for url, _number in counters}) == expected, counters
    for url, number in counters:
        shown = MAIN.search(visitor.get(url).text)
        assert shown
        assert len(set(ONE.findall(shown.group()))) == number, url
    assert main
    lists = dict(counters)
    firsts = set(ONE.findall(main.group()))
    listed = {one for url in lists for one in ONE.findall(visitor.get(url).text)}
    assert firsts <= listed
    assert {int(number) for number in TILE.findall(page)} == {number for _url, number in counters}


@pytest.mark.parametrize(("role", "expected"), [("beheerder", 7), ("wijkmedewerker", 7), ("redacteur", 5)])
def test_a_number_leads_to_a_list_of_as_many(staff_client: StaffClient, much: None, role: str, expected: int):
    require_true(staff_client(role), expected)


def test_a_number_of_a_coordinator_is_of_their_own_groups(led: Visitor, much: None):
    require_true(led, 2)
