"""Keeping the proof of consent; everything here is part of the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.models import StaffMember
from dordt.consent.models import Consent, ConsentMethod, ConsentPurpose, ConsentText
from dordt.extensions import db


def text_version(purpose: ConsentPurpose, text: str) -> int:
    """The version number of these words; words that are new get the next number."""
    known = sa.select(ConsentText).where(ConsentText.purpose == purpose)
    versions = {row.text: row.version for row in db.session.scalars(known)}
    if text in versions:
        return versions[text]
    version = max(versions.values(), default=0) + 1
    try:
        with db.session.begin_nested():
            db.session.add(ConsentText(purpose=purpose, version=version, text=text))
    except IntegrityError:  # somebody else was the first to use these words, at the same moment
        return text_version(purpose, text)
    return version


def record(
    address_key: str,
    purpose: ConsentPurpose,
    *,
    text: str | None,
    source: str,
    at: datetime,
    method: ConsentMethod = ConsentMethod.WEB_FORM,
    confirmed_at: datetime | None = None,
    entered_by: StaffMember | None = None,
) -> Consent:
    """Keep that this address agreed to this text; `confirmed_at` follows by mail, or is known from elsewhere.

    entered_by: the member of staff to whom it was said.
    """
    version = text_version(purpose, text) if text else None
    found = Consent(
        address_key=address_key,
        purpose=purpose,
        text_version=version,
        method=method,
        source=source,
        asked_at=at,
        confirmed_at=confirmed_at,
        entered_by_id=entered_by.id if entered_by else None,
        entered_by_name=entered_by.name if entered_by else None,
    )
    db.session.add(found)
    return found


def record_imported(
    proofs: Sequence[tuple[str, str, datetime]], purpose: ConsentPurpose, *, import_id: int | None = None
) -> None:
    """Keep consent that was given elsewhere: address key, where, and when. In bulk, for lists of many thousands."""
    rows = [
        {
            "address_key": key,
            "purpose": purpose,
            "method": ConsentMethod.IMPORT,
            "source": source,
            "asked_at": given_at,
            "confirmed_at": given_at,
            "import_id": import_id,
        }
        for key, source, given_at in proofs
    ]
    db.session.execute(sa.insert(Consent), rows)


def forget_imported(import_id: int, address_keys: "sa.Select[str]") -> None:
    """An import is undone: the proof that it brought for these addresses goes with it."""
    mine = sa.and_(Consent.import_id == import_id, Consent.address_key.in_(address_keys))
    db.session.execute(sa.delete(Consent).where(mine), execution_options={"synchronize_session": False})


def withdraw_imported(import_id: int, address_keys: "sa.Select[str]", *, at: datetime) -> None:
    """An import is undone after mail had gone to these addresses: the proof stays, and counts no more."""
    mine = sa.and_(Consent.import_id == import_id, Consent.address_key.in_(address_keys))
    ended = sa.update(Consent).where(mine, Consent.withdrawn_at.is_(None)).values(withdrawn_at=at)
    db.session.execute(ended, execution_options={"synchronize_session": False})


def withdraw(address_key: str, purpose: ConsentPurpose, *, at: datetime) -> None:
    """Consent ended; the proof stays."""
    mine = sa.and_(Consent.address_key == address_key, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    db.session.execute(sa.update(Consent).where(mine).values(withdrawn_at=at))


def withdrawn_among(address_keys: Sequence[str], purpose: ConsentPurpose) -> set[str]:
    """Which of these addresses agreed once and took it back since, whatever list they stood on then."""
    mine = sa.and_(Consent.address_key.in_(address_keys), Consent.purpose == purpose)
    withdrawn = sa.select(Consent.address_key).where(mine, Consent.withdrawn_at.is_not(None))
    valid = sa.select(Consent.address_key).where(
        mine, Consent.withdrawn_at.is_(None), Consent.confirmed_at.is_not(None)
    )
    found = set(db.session.scalars(withdrawn))
    return found - set(db.session.scalars(valid)) if found else found


def forget_unconfirmed(address_key: str, purpose: ConsentPurpose, *, before: datetime | None = None) -> None:
    """The address was not proved in time: nobody agreed to anything, so nothing is kept; or nothing from before."""
    mine = sa.and_(Consent.address_key == address_key, Consent.purpose == purpose, Consent.confirmed_at.is_(None))
    is_old = Consent.asked_at < before if before else sa.true()
    db.session.execute(sa.delete(Consent).where(mine, is_old))
