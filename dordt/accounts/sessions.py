"""Sign-in sessions on the server: the cookie holds a random id, the table its hash; ending the row ends it at once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app, g, session
from sqlalchemy.orm import Session

from dordt.accounts.models import StaffMember, StaffSession
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.database import UtcMoment, reading, writing

COOKIE_KEY = "staff_session"
SEEN_EVERY = timedelta(minutes=1)


class Ending(StrEnum):
    """What ended a session."""

    IDLE = "idle"
    TOO_LONG = "too_long"
    ENDED = "ended"  # signed out, or another password, role or state of the account
    UNKNOWN = "unknown"  # the browser names none, or one that we do not know any more


def current_member() -> StaffMember | None:
    """The member of staff who sent this request, looked up once; detached, so use the id to point at the row."""
    if "staff_member" not in g:
        token = session.get(COOKIE_KEY)
        g.staff_member = member_of(token, at=clock.now()) if isinstance(token, str) else None
    member: StaffMember | None = g.staff_member
    return member


def member_of(token: str, *, at: datetime) -> StaffMember | None:
    """Who a session id belongs to, or None when it ended, timed out, or the member is no longer active.

    It reads in a transaction of its own, so that a POST takes no lock before it has to write.
    """
    with reading(), Session(db.engine) as own:
        found = own.execute(_open_session(token, at=at)).one_or_none()
    if found is None:
        return None
    row, member = found
    if at - row.last_seen >= SEEN_EVERY:
        _touch(row.id, at=at)
    owner: StaffMember = member
    return owner


def ending(*, at: datetime) -> Ending:
    """What ended the session that this request names."""
    token = session.get(COOKIE_KEY)
    with reading(), Session(db.engine) as own:
        of_token = StaffSession.token_hash == _hash(token if isinstance(token, str) else "")
        found = own.scalar(sa.select(StaffSession).where(of_token))
    if found is None:
        return Ending.UNKNOWN
    if found.ended_at is not None:
        return Ending.ENDED
    is_old = found.created_at <= at - current_app.config["STAFF_SESSION_LIFETIME"]
    is_idle = found.last_seen <= at - current_app.config["STAFF_IDLE_TIMEOUT"]
    return Ending.TOO_LONG if is_old else Ending.IDLE if is_idle else Ending.ENDED


def start(member_id: int, *, at: datetime) -> str:
    """Add a session and return its id for the cookie; rows too old to matter go."""
    oldest = at - current_app.config["STAFF_SESSION_LIFETIME"]
    mine = StaffSession.member_id == member_id
    db.session.execute(sa.delete(StaffSession).where(mine, StaffSession.created_at < oldest))
    token = secrets.token_urlsafe(32)
    db.session.add(StaffSession(member_id=member_id, token_hash=_hash(token), created_at=at, last_seen=at))
    return token


def end(token: str, *, at: datetime) -> None:
    """End one session, at sign-out."""
    _end_where(StaffSession.token_hash == _hash(token), at=at)


def end_all(member_id: int, *, at: datetime) -> None:
    """End every session of a member: disabled, another role, another password."""
    _end_where(StaffSession.member_id == member_id, at=at)


def last_sign_ins(member_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these members signed in last; who never did is left out."""
    latest = sa.select(StaffSession.member_id, sa.func.max(StaffSession.created_at, type_=UtcMoment))
    found = db.session.execute(latest.where(StaffSession.member_id.in_(member_ids)).group_by(StaffSession.member_id))
    return {row[0]: row[1] for row in found}


def _end_where(which: "sa.ColumnElement[bool]", *, at: datetime) -> None:
    db.session.execute(sa.update(StaffSession).where(which, StaffSession.ended_at.is_(None)).values(ended_at=at))


def _open_session(token: str, *, at: datetime) -> "sa.Select[StaffSession, StaffMember]":
    return (
        sa.select(StaffSession, StaffMember)
        .join(StaffMember, StaffMember.id == StaffSession.member_id)
        .where(
            StaffSession.token_hash == _hash(token),
            StaffSession.ended_at.is_(None),
            StaffSession.last_seen > at - current_app.config["STAFF_IDLE_TIMEOUT"],
            StaffSession.created_at > at - current_app.config["STAFF_SESSION_LIFETIME"],
            StaffMember.active,
        )
    )


def _touch(session_id: int, *, at: datetime) -> None:
    with writing(), Session(db.engine) as own:
        own.execute(sa.update(StaffSession).where(StaffSession.id == session_id).values(last_seen=at))
        own.commit()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
