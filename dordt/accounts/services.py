"""Accounts: making, changing and disabling them, which passwords are accepted, and signing in and out."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from functools import cache
from typing import Protocol

import sqlalchemy as sa
from flask import current_app
from flask_security import hash_password, verify_password
from sqlalchemy.exc import IntegrityError

from dordt.accounts import sessions
from dordt.accounts.authorization import asks
from dordt.accounts.models import Role, StaffMember
from dordt.accounts.rights import ROLE_LABELS, ROLE_RIGHTS, Right
from dordt.audit import services as audit
from dordt.extensions import db, security
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.database import reading
from dordt.shared.problems import DomainError, NotAllowed

TAKEN = "Er is al een medewerker met dit e-mailadres. Kies een ander e-mailadres."
SHORTEST = 8
LONGEST = 1000
WORDS = ["wachtwoord", "password", "dordrecht", "dordtaanzet", "dordt", "gemeente", "welkom", "beheerder", "beheer"]
WORDS += ["geheim", "admin", "qwerty", "azerty", "12345678", "1234567", "123456"]
LEAST_BESIDES = 6  # characters that must remain when those words are taken out
LEAST_DIFFERENT = 4


class HandBack(Protocol):
    """Gives the work of a member back who can do it no longer, in the transaction that changes the account."""

    def __call__(self, member: StaffMember, *, by: StaffMember, at: datetime) -> None: ...


_hand_backs: dict[str, HandBack] = {}


def on_rights_change(domain: str, function: HandBack) -> None:
    """Register how a domain takes work back from somebody who was given another role or whose account is closed.

    It is called each time, and looks itself whether this member can still do the work.
    """
    _hand_backs[domain] = function


class AccountRefused(DomainError):
    """This account cannot be made or changed so; the text says why, for the screen, and `field` where."""

    def __init__(self, text: str, *, field: str) -> None:
        super().__init__(text)
        self.field = field


@asks(Right.ADMINISTER)
def create_member(
    *, email: str, name: str, role: str, password: str, at: datetime, by: StaffMember | None = None
) -> StaffMember:
    """Make an account with one role. Raises AccountRefused for a known address or a password that is easy to guess."""
    key = _accepted_address(email)
    member = StaffMember(
        email=key,
        name=name.strip() or key.partition("@")[0],
        password=_accepted_hash(password, email=key),
        fs_uniquifier=secrets.token_hex(32),
        created_at=at,
        roles=[_role(role)],
    )
    db.session.add(member)
    try:
        db.session.flush()
    except IntegrityError as taken:
        db.session.rollback()
        raise AccountRefused(TAKEN, field="email") from taken
    audit.record("member.created", subject=member, by=by, at=at, role=role)
    db.session.commit()
    return member


@asks(Right.ADMINISTER, exclusive=True)
def change_role(member_id: int, role: str, *, by: StaffMember, at: datetime) -> None:
    """Give somebody else another role; they sign in again to work with it.

    `by` is an administrator all the while, and somebody else: so one administrator always remains.
    """
    member = _somebody_else(member_id, by)
    before = [each.name for each in member.roles]
    if before == [role]:
        return
    member.roles = [_role(role)]
    sessions.end_all(member.id, at=at)
    audit.record("member.role_changed", subject=member, by=by, at=at, before=before, after=role)
    _hand_back_work(member, by=by, at=at)
    db.session.commit()


@asks(Right.ADMINISTER, exclusive=True)
def disable_member(member_id: int, *, by: StaffMember, at: datetime) -> None:
    """Close somebody else's account; every session ends at once, what they did stays in the log."""
    member = _somebody_else(member_id, by)
    if member.active:
        member.active = False
        sessions.end_all(member.id, at=at)
        audit.record("member.disabled", subject=member, by=by, at=at)
        _hand_back_work(member, by=by, at=at)
        db.session.commit()


@asks(Right.ADMINISTER, exclusive=True)
def enable_member(member_id: int, *, by: StaffMember, at: datetime) -> None:
    member = _somebody_else(member_id, by)
    if not member.active:
        member.active = True
        audit.record("member.enabled", subject=member, by=by, at=at)
        db.session.commit()


@asks(Right.ADMINISTER)
def set_password(member_id: int, password: str, *, by: StaffMember, at: datetime) -> None:
    """Give somebody else a new password and end their sessions. Raises AccountRefused when it is easy to guess."""
    member = _somebody_else(member_id, by)
    _change_password(member, password, by, at=at)
    db.session.commit()


@asks(Right.READ)
def change_own_password(current: str, password: str, *, by: StaffMember, at: datetime) -> str:
    """Take another password for oneself: every session ends, and the id of a fresh one comes back for the cookie.

    Raises AccountRefused when the current password is wrong or the new one is easy to guess.
    """
    member = db.session.get_one(StaffMember, by.id)
    if not _is_right(_normal(current), member.password):
        raise AccountRefused("Dit is niet uw huidige wachtwoord. Typ het opnieuw.", field="current")
    _change_password(member, password, by, at=at)
    token = sessions.start(member.id, at=at)
    db.session.commit()
    return token


def sign_in(email: str, password: str, *, at: datetime, origin: str = "") -> str | None:
    """Check address and password, and return the session id for the cookie; `origin` is the network, for the log.

    An unknown address and a wrong password take the same work and give the same None.

    The check takes a tenth of a second, so it is done outside the transaction that writes.
    """
    key = address_key(email)
    with reading():
        found = db.session.execute(
            sa.select(StaffMember.id, StaffMember.password).where(StaffMember.email == key, StaffMember.active)
        ).one_or_none()
        db.session.rollback()
    if not _is_right(_normal(password), found.password if found else None):
        _refuse_sign_in(key, at=at, origin=origin)
        return None
    assert found is not None
    return _open_session(found.id, _normal(password), at=at, origin=origin)


def sign_out(member: StaffMember, token: str, *, at: datetime) -> None:
    """End this session of a member."""
    sessions.end(token, at=at)
    audit.record("member.signed_out", subject=member, by=member, at=at)
    db.session.commit()


def give_up() -> None:
    """End the transaction of a change that was refused.

    The limiter counts on a connection of its own, and SQLite has one writer at a time.
    """
    db.session.rollback()


def _hand_back_work(member: StaffMember, *, by: StaffMember, at: datetime) -> None:
    for hand_back in _hand_backs.values():
        hand_back(member, by=by, at=at)


def _open_session(member_id: int, password: str, *, at: datetime, origin: str) -> str:
    member = db.session.get_one(StaffMember, member_id)
    if security.pwd_context.needs_update(member.password):
        member.password = hash_password(password)
    token = sessions.start(member.id, at=at)
    audit.record("member.signed_in", subject=member, by=member, at=at, origin=origin)
    db.session.commit()
    return token


def _change_password(member: StaffMember, password: str, by: StaffMember, *, at: datetime) -> None:
    member.password = _accepted_hash(password, email=member.email)
    sessions.end_all(member.id, at=at)
    audit.record("member.password_changed", subject=member, by=by, at=at)


def _refuse_sign_in(key: str, *, at: datetime, origin: str) -> None:
    account = _short_hash(key)
    audit.record("member.sign_in_failed", subject=("staff_member", None), at=at, address_hash=account, origin=origin)
    db.session.commit()


def _is_right(password: str, stored: str | None) -> bool:
    if stored is None:
        hash_password(password)  # as much work as a check, so that the time tells nothing
        return False
    return bool(verify_password(password, stored))


def _short_hash(key: str) -> str:
    """Shows that two lines of the log were about the same address, without the address."""
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), key.encode(), hashlib.sha256).hex()[:16]


def _accepted_address(email: str) -> str:
    try:
        key = address_key(email.strip())
    except AddressRefused as wrong:
        raise AccountRefused("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.", field="email") from wrong
    if db.session.scalar(sa.select(StaffMember.id).where(StaffMember.email == key)):
        raise AccountRefused(TAKEN, field="email")
    return key


def _accepted_hash(password: str, *, email: str) -> str:
    wanted = _normal(password)
    problem = password_problem(wanted, email=email)
    if problem:
        raise AccountRefused(problem, field="password")
    return str(hash_password(wanted))


def _normal(password: str) -> str:
    """White space around it goes, as every form does it, and characters that look alike become alike."""
    return str(security._password_util.normalize(password.strip()))


def _role(name: str) -> Role:
    if name not in ROLE_RIGHTS:
        raise AccountRefused(f"Kies een rol uit: {', '.join(ROLE_RIGHTS)}.", field="role")
    wanted = sa.select(Role).where(Role.name == name)
    return db.session.scalar(wanted) or _new_role(name) or db.session.scalars(wanted).one()


def _new_role(name: str) -> Role | None:
    """Roles are made the first time somebody gets one; None when another process was first."""
    role = Role(name=name, description=ROLE_LABELS[name][0])
    try:
        with db.session.begin_nested():
            db.session.add(role)
    except IntegrityError:
        return None
    return role


def _somebody_else(member_id: int, by: StaffMember) -> StaffMember:
    if member_id == by.id:
        raise NotAllowed("U kunt uw eigen account niet wijzigen. Vraag een andere beheerder.")
    return db.session.get_one(StaffMember, member_id, populate_existing=True)


def password_problem(password: str, *, email: str) -> str | None:
    """What is wrong with a new password, as a sentence for the one who chose it, or None."""
    if len(password) < SHORTEST:
        return f"Kies een wachtwoord van minstens {SHORTEST} tekens. Een zin van een paar woorden is het beste."
    if len(password) > LONGEST:
        return f"Kies een wachtwoord van hoogstens {LONGEST} tekens."
    besides = _without_known_words(password, email)
    if len(besides) < LEAST_BESIDES or len(set(besides)) < LEAST_DIFFERENT or password.lower() in _often_leaked():
        return "Dit wachtwoord is makkelijk te raden. Kies woorden die niets met uw werk of adres te maken hebben."
    return None


@cache
def _often_leaked() -> frozenset[str]:
    """The 30,000 passwords that leaked most often; read when the first account is made, for they take memory."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])


def _without_known_words(password: str, email: str) -> str:
    local, _, domain = email.lower().partition("@")
    rest = re.sub(r"[\W_]+", "", password.lower())
    own = [re.sub(r"[\W_]+", "", word) for word in (local + domain, local, domain)]
    for word in [*own, *WORDS]:
        rest = rest.replace(word, "") if len(word) > 2 else rest
    return rest
