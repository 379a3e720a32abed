"""How long a sign-in lasts, and what ends it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.accounts import services, sessions
from dordt.accounts.models import StaffSession
from dordt.extensions import db
from dordt.shared import clock
from tests.factories.accounts import make_member

NOW = clock.now()


def started(member_id: int) -> str:
    token = sessions.start(member_id, at=NOW)
    db.session.commit()
    return token


def last_seen() -> datetime | None:
    seen = db.session.scalar(sa.select(StaffSession.last_seen))
    db.session.rollback()
    return seen


def test_a_session_belongs_to_its_member(app: Flask):
    member = make_member()
    token = started(member.id)

    found = sessions.member_of(token, at=NOW)

    assert found is not None
    assert (found.email, [role.name for role in found.roles]) == (member.email, ["beheerder"])


@pytest.mark.parametrize("token", ["", "verzonnen", "x" * 10_000])
def test_an_invented_id_belongs_to_nobody(app: Flask, token: str):
    started(make_member().id)

    assert sessions.member_of(token, at=NOW) is None


def test_a_session_ends_when_it_is_idle(app: Flask):
    token = started(make_member().id)

    assert sessions.member_of(token, at=NOW + timedelta(minutes=59)) is not None
    assert sessions.member_of(token, at=NOW + timedelta(minutes=59 + 61)) is None


def test_a_session_ends_after_a_working_day_however_busy(app: Flask):
    token = started(make_member().id)
    for half_hours in range(20):
        sessions.member_of(token, at=NOW + timedelta(minutes=30 * half_hours))

    assert sessions.member_of(token, at=NOW + timedelta(hours=9, minutes=59)) is not None
    assert sessions.member_of(token, at=NOW + timedelta(hours=10, minutes=1)) is None


def test_being_seen_is_written_once_a_minute_at_most(app: Flask):
    token = started(make_member().id)

    sessions.member_of(token, at=NOW + timedelta(seconds=59))
    assert last_seen() == NOW
    sessions.member_of(token, at=NOW + timedelta(seconds=60))
    assert last_seen() == NOW + timedelta(seconds=60)


def test_closing_an_account_ends_its_sessions_at_once(app: Flask):
    boss, member = make_member(), make_member(role="lezer")
    token = started(member.id)

    services.disable_member(member.id, by=boss, at=NOW)

    assert sessions.member_of(token, at=NOW) is None
    services.enable_member(member.id, by=boss, at=NOW)
    assert sessions.member_of(token, at=NOW) is None


def test_another_role_asks_to_sign_in_again(app: Flask):
    boss, member = make_member(), make_member(role="lezer")
    token = started(member.id)

    services.change_role(member.id, "redacteur", by=boss, at=NOW)

    assert sessions.member_of(token, at=NOW) is None


def test_another_password_ends_every_session_but_the_fresh_one(app: Flask):
    member = make_member(password="zeven sloten tegelijk")
    old = started(member.id)

    fresh = services.change_own_password("zeven sloten tegelijk", "acht sloten tegelijk", by=member, at=NOW)

    assert sessions.member_of(old, at=NOW) is None
    assert sessions.member_of(fresh, at=NOW) is not None


def test_sessions_of_long_ago_are_cleared_away_at_the_next_sign_in(app: Flask):
    member = make_member()
    started(member.id)

    sessions.start(member.id, at=NOW + timedelta(days=2))
    db.session.commit()

    assert db.session.scalar(sa.select(sa.func.count(StaffSession.id))) == 1
