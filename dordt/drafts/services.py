"""Keeping, throwing away and erasing drafts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.drafts.models import Draft
from dordt.extensions import db
from dordt.shared.database import Base, affected, insert_into

KEPT_FOR = timedelta(days=30)
PUT_BACK_WITHIN = timedelta(days=1)


@asks(Right.READ)
def keep(
    form: str, subject: tuple[str, int], fields: Sequence[tuple[str, str]], *, by: StaffMember, at: datetime
) -> None:
    """Keep what stands in a form about a row (its table and id), in place of what was kept before."""
    kept = {"fields": [list(pair) for pair in fields], "saved_at": at, "discarded_at": None}
    new = insert_into(Draft).values(member_id=by.id, form=form, subject_type=subject[0], subject_id=subject[1], **kept)
    db.session.execute(new.on_conflict_do_update(index_elements=["member_id", "form", "subject_id"], set_=kept))
    db.session.commit()


def is_there(subject_type: str, subject_id: int) -> bool:
    """Whether the row (its table and id) exists; what is still to be made has the id 0."""
    table = Base.metadata.tables.get(subject_type)
    if table is None or not subject_id:
        return table is not None
    return bool(db.session.scalar(sa.select(sa.exists().where(table.c.id == subject_id))))


@asks(Right.READ)
def begin_at(form: str, subject_id: int, name: str, text: str, *, by: StaffMember) -> None:
    """Have one field of a draft say something else, where its writer changed what it goes out from."""
    draft = db.session.scalar(Draft.of(by.id, form, subject_id))
    if draft:
        draft.fields = [[each, text if each == name else value] for each, value in draft.fields]
    db.session.commit()


@asks(Right.READ)
def forget(form: str, subject_id: int, *, by: StaffMember) -> None:
    """It was sent, or nothing stands in it any more."""
    mine = sa.delete(Draft).where(Draft.member_id == by.id, Draft.form == form, Draft.subject_id == subject_id)
    db.session.execute(mine)
    db.session.commit()


@asks(Right.READ)
def discard(form: str, subject_id: int, *, by: StaffMember, at: datetime) -> None:
    """Throw a draft away; for a day after the first time it can be put back."""
    _set_discarded(form, subject_id, by, at)


@asks(Right.READ)
def put_back(form: str, subject_id: int, *, by: StaffMember) -> None:
    _set_discarded(form, subject_id, by, None)


def roll_back() -> None:
    """Take back what a step that was refused or failed has left half done: it is not stored together with a draft."""
    db.session.rollback()


def erase_of(member: StaffMember, *, by: StaffMember, at: datetime) -> None:
    """Of a member whose account is closed nothing half-written stays. Commits nothing."""
    if not member.active:
        db.session.execute(sa.delete(Draft).where(Draft.member_id == member.id))


def erase_old(*, at: datetime) -> int:
    """Erase what nobody came back for, what was thrown away, and what is about a row that is gone."""
    erased = [sa.or_(Draft.saved_at < at - KEPT_FOR, Draft.discarded_at < at - PUT_BACK_WITHIN)]
    for subject_type in db.session.scalars(sa.select(Draft.subject_type).distinct()).all():
        rows = Base.metadata.tables[subject_type].c.id
        is_gone = Draft.subject_id.not_in(sa.select(rows))
        erased.append(sa.and_(Draft.subject_type == subject_type, Draft.subject_id != 0, is_gone))
    number = affected(db.session.execute(sa.delete(Draft).where(sa.or_(*erased))))
    db.session.commit()
    return number


def _set_discarded(form: str, subject_id: int, by: StaffMember, at: datetime | None) -> None:
    draft = db.session.scalar(Draft.of(by.id, form, subject_id))
    if draft and not (at and draft.discarded_at):
        draft.discarded_at = at
    db.session.commit()
