"""The calendar of a work group, as calendars read it (RFC 5545), and the meeting that the welcome names."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.shared import clock
from dordt.workgroups import services
from dordt.workgroups.models import MembershipState, Workgroup
from tests.factories.accounts import make_member
from tests.factories.workgroups import make_meeting, make_membership, make_workgroup

ADDRESS = "/werkgroepen/sterrenburgpark/agenda.ics"
SUMMER, WINTER = datetime(2027, 7, 6, 17, 30, tzinfo=UTC), datetime(2027, 1, 5, 18, 30, tzinfo=UTC)  # both 19.30 uur
HOSTILE = "Praat; deel, \\ doe mee\r\nEND:VEVENT\r\nRRULE:FREQ=DAILY\x1b " + "🌳é" * 60


def properties(octets: bytes) -> list[tuple[str, str]]:
    """Name and value of each line, unfolded; what stands there must be lines as the RFC asks for."""
    assert octets.endswith(b"\r\n")
    lines = octets[:-2].split(b"\r\n")
    assert all(len(line) <= 75 and not set(line) & set(b"\r\n") for line in lines)
    unfolded = octets[:-2].replace(b"\r\n ", b"").decode().split("\r\n")
    return [(name, value) for name, _colon, value in (line.partition(":") for line in unfolded)]


def unescaped(value: str) -> str:
    marks = {"n": "\n", ";": ";", ",": ",", "\\": "\\"}
    pieces, escaped = [], False
    for character in value:
        if escaped:
            pieces.append(marks[character])
        elif character not in "\\;,":
            pieces.append(character)
        else:
            assert character == "\\", f"{character} is not escaped"
        escaped = character == "\\" and not escaped
    return "".join(pieces)


def test_each_meeting_stands_in_the_calendar_at_its_moment(client, group: Workgroup):
    summer = make_meeting(group, starts_at=SUMMER, ends_at=SUMMER + timedelta(hours=2), title="Zomeravond")
    winter = make_meeting(group, starts_at=WINTER, ends_at=WINTER + timedelta(hours=1), title="Winteravond")

    answer = client.get(ADDRESS)

    found = properties(answer.data)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert [value for name, value in found if name == "DTSTART"] == ["20270105T183000Z", "20270706T173000Z"]
    assert [value for name, value in found if name == "DTEND"] == ["20270105T193000Z", "20270706T193000Z"]
    assert [value.split(" (")[0] for name, value in found if name == "SUMMARY"] == ["Winteravond", "Zomeravond"]
    uids = [value for name, value in found if name == "UID"]
    assert uids == [f"bijeenkomst-{meeting.id}@127.0.0.1" for meeting in (winter, summer)]
    assert [name for name, _value in found].count("DTSTAMP") == 2


def test_a_meeting_that_moved_keeps_its_id(client, group: Workgroup):
    meeting = make_meeting(group, starts_at=WINTER)
    before = dict(properties(client.get(ADDRESS).data))
    meeting.starts_at, meeting.ends_at = SUMMER, SUMMER + timedelta(hours=2)

    after = dict(properties(client.get(ADDRESS).data))

    assert (after["UID"], after["DTSTART"]) == (before["UID"], "20270706T173000Z")


def test_what_staff_wrote_cannot_leave_its_line(client, group: Workgroup):
    make_meeting(group, title=HOSTILE[:200], location=HOSTILE[:200], text=HOSTILE)

    found = properties(client.get(ADDRESS).data)

    assert [name for name, _value in found].count("END") == 2
    assert "RRULE" not in dict(found)
    said = HOSTILE.replace("\r\n", "\n").replace("\x1b", " ")
    assert unescaped(dict(found)["DESCRIPTION"]) == said
    assert unescaped(dict(found)["LOCATION"]) == said[:199]


def test_a_group_that_never_met_has_no_calendar(client, group: Workgroup):
    assert client.get(ADDRESS).status_code == 404
    assert "agenda.ics" not in client.get("/werkgroepen/sterrenburgpark/").text


def test_the_page_of_the_group_leads_to_its_calendar(client, group: Workgroup):
    make_meeting(group)

    assert f'href="{ADDRESS}"' in client.get("/werkgroepen/sterrenburgpark/").text


@pytest.fixture
def welcome(group: Workgroup) -> Callable[[], Mail]:
    """Let somebody take part, and return the mail that says so."""

    def run() -> Mail:
        membership = make_membership(group, state=MembershipState.REQUESTED)
        by = make_member(role="wijkmedewerker", name="Hanna Blaauw")
        services.decide_membership(membership.id, MembershipState.APPROVED, "Welkom!", by=by, at=clock.now())
        return db.session.scalars(sa.select(Mail).order_by(Mail.id.desc()).limit(1)).one()

    return run


def test_the_welcome_names_the_next_meeting_of_this_group(welcome: Callable[[], Mail], group: Workgroup):
    make_meeting(group, starts_in=timedelta(days=-7), title="Voorbij")
    make_meeting(group, starts_in=timedelta(days=14), title="Daarna")
    make_meeting(group, starts_in=timedelta(days=7), title="Eerst", location="Het Tuinhuis")
    make_meeting(make_workgroup(), starts_in=timedelta(days=1), title="Van een ander")

    mail = welcome()

    for part in (mail.text, mail.html):
        assert all(words in part for words in ("De volgende bijeenkomst:", "Eerst", "Het Tuinhuis", ADDRESS))
        assert not any(words in part for words in ("Voorbij", "Daarna", "Van een ander", "nog geen bijeenkomst"))


def test_the_welcome_says_so_while_there_is_no_date(welcome: Callable[[], Mail], group: Workgroup):
    make_meeting(group, starts_in=timedelta(days=-7))

    mail = welcome()

    for part in (mail.text, mail.html):
        assert "Er is nog geen bijeenkomst gepland." in part
        assert ADDRESS not in part
