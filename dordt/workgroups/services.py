"""Asking to take part, confirming, deciding, leaving."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from dordt import throttling
from dordt.accounts.authorization import asks, current_roles
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right, leads_groups_only
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import SuppressionScope
from dordt.shared.addresses import address_key
from dordt.shared.links import read_token
from dordt.shared.mail import Draft
from dordt.shared.problems import LinkInvalid, NotAllowed
from dordt.workgroups import emails
from dordt.workgroups.models import Membership, MembershipState, Workgroup

CONFIRM = "membership-confirm"
LEAVE = "membership-leave"
SHOW_NAME_TEXT = "Andere leden van de werkgroep mogen mijn naam zien"

State = MembershipState
# What staff may decide from each state; all else is refused.
DECISIONS: dict[MembershipState, tuple[MembershipState, ...]] = {
    State.REQUESTED: (State.APPROVED, State.WAITING, State.DECLINED),
    State.WAITING: (State.APPROVED, State.DECLINED),
    State.APPROVED: (),
    State.DECLINED: (State.APPROVED,),
    State.UNCONFIRMED: (),
    State.LEFT: (),
}
TAKES_PART = (State.REQUESTED, State.WAITING, State.APPROVED)


@dataclass(frozen=True)
class MembershipApplication:
    """What somebody filled in who wants to take part."""

    name: str
    email: str
    phone: str
    neighbourhood: str
    motivation: str
    show_name: bool


def request_membership(workgroup: Workgroup, application: MembershipApplication, *, at: datetime) -> None:
    """Store the application and queue the mail that asks for confirmation, in one transaction.

    Somebody who takes part already gets a mail that says so instead. Either goes at most once an hour, and the page
    answers the same: it never tells who is in the group. Raises NotAllowed when the group takes nobody on.
    """
    if not workgroup.is_open:
        raise NotAllowed(f"De {workgroup.name} zoekt op dit moment geen mensen.")
    membership = _find_or_add(workgroup, application, at=at)
    if membership.state in TAKES_PART:
        draft = emails.already_member(membership)
    else:
        _renew(membership, application, at=at)
        draft = emails.confirm_membership(membership, at=at)
    if throttling.may_be_mailed(membership.email, at=at):
        _mail_once(membership, draft, at=at)
    db.session.commit()


def find_by_confirm_token(token: str) -> Membership:
    """The membership that a confirm link was made for. Raises LinkExpired or LinkInvalid."""
    claim = read_token(token, purpose=CONFIRM, max_age=current_app.config["CONFIRM_WITHIN"])
    membership = db.session.get(Membership, claim.row_id)
    if membership is None or membership.link_version != claim.version or membership.state == State.LEFT:
        raise LinkInvalid(CONFIRM)
    return membership


def find_by_leave_token(token: str) -> Membership:
    """The membership that a leave link was made for; such a link works for ever. Raises LinkInvalid."""
    membership = db.session.get(Membership, read_token(token, purpose=LEAVE).row_id)
    if membership is None:
        raise LinkInvalid(LEAVE)
    return membership


def confirm_membership(token: str, *, at: datetime) -> None:
    """The resident proved the address: the group's staff are asked to decide. A second time changes nothing."""
    membership = _locked(find_by_confirm_token(token))
    if membership.state == State.UNCONFIRMED:
        membership.state, membership.confirmed_at = State.REQUESTED, at
        if membership.show_name:
            _keep_consent(membership, at=at)
        audit.record("membership.confirmed", subject=membership, by=audit.RESIDENT, at=at)
        outbox.enqueue(emails.membership_requested(membership), at=at)
        outbox.enqueue(emails.membership_notice(membership), at=at)
    db.session.commit()


def leave_workgroup(token: str, *, at: datetime) -> None:
    """The resident leaves: no group mail goes out any more. A second time changes nothing."""
    _leave(_locked(find_by_leave_token(token)), at=at)
    db.session.commit()


def leave_by_mail(membership_id: int, list_id: str, *, mail_id: int, at: datetime) -> bool:
    """The resident wrote to the address in a group's mail that ends it; tells whether there is such a membership.

    Commits nothing: the mailer stores the mail that asked in the same transaction.
    """
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.workgroup.slug != list_id:
        return False
    _leave(_locked(membership), at=at)
    return True


@asks(Right.SEE_CONTACT_DETAILS, Right.ANSWER)
def decide_membership(
    membership_id: int, decision: MembershipState, text: str, *, by: StaffMember, at: datetime
) -> None:
    """Approve, put on the waiting list or decline, and mail the resident. The same decision twice is one decision.

    Raises NotAllowed when this decision does not fit the state, or it is a group of another coordinator.
    """
    membership = _locked(db.session.get_one(Membership, membership_id))
    if leads_groups_only(current_roles(by)) and membership.workgroup.coordinator_id != by.id:
        raise NotAllowed("U beslist alleen over aanmeldingen bij uw eigen werkgroepen. Vraag het aan een collega.")
    before = membership.state
    if decision == before:
        db.session.rollback()
        return
    if decision not in DECISIONS[before]:
        raise NotAllowed("Een collega heeft hier intussen over besloten, of de inwoner heeft zich afgemeld.")
    membership.state, membership.decision_text = decision, text
    membership.decided_at, membership.decided_by_id = at, by.id
    audit.record(
        f"membership.{decision}",
        subject=membership,
        by=by,
        at=at,
        before=before,
    )
    outbox.enqueue(emails.membership_decided(membership), at=at)
    db.session.commit()


def erase_unconfirmed(*, at: datetime) -> int:
    """Erase who never confirmed while the link worked, as the mail promised; returns how many."""
    too_old = at - current_app.config["CONFIRM_WITHIN"]
    is_late = Membership.created_at < too_old
    late = sa.select(Membership).where(Membership.state == State.UNCONFIRMED, is_late)
    found = db.session.scalars(late.with_for_update(of=Membership)).all()
    for membership in found:
        outbox.forget(membership.email_key, name="confirm_membership", before=too_old)
        db.session.delete(membership)
    if found:
        audit.record("membership.erased_unconfirmed", subject=("membership", None), at=at, number=len(found))
    db.session.commit()
    return len(found)


def membership_counts() -> dict[tuple[int, MembershipState], int]:
    """How many people of each group stand in each state; pairs without any are left out."""
    counts = sa.select(Membership.workgroup_id, Membership.state, sa.func.count())
    grouped = counts.group_by(Membership.workgroup_id, Membership.state)
    return {(row[0], row[1]): row[2] for row in db.session.execute(grouped)}


def _find_or_add(workgroup: Workgroup, application: MembershipApplication, *, at: datetime) -> Membership:
    key = address_key(application.email)
    mine = sa.select(Membership).where(Membership.workgroup_id == workgroup.id, Membership.email_key == key)
    try:
        with db.session.begin_nested():
            found = db.session.scalar(mine.with_for_update(of=Membership))
            if found is None:
                found = Membership(workgroup=workgroup, email_key=key, created_at=at, **asdict(application))
                db.session.add(found)
    except IntegrityError:  # the same form sent twice at once: the other one was first
        found = db.session.scalars(mine.with_for_update(of=Membership)).one()
    return found


def _renew(membership: Membership, application: MembershipApplication, *, at: datetime) -> None:
    """What was typed last counts; after leaving or being declined it is a new request, and older links end."""
    for name, value in asdict(application).items():
        setattr(membership, name, value)
    if membership.state != State.UNCONFIRMED:
        membership.state = State.UNCONFIRMED
        membership.link_version += 1
        membership.created_at, membership.left_at, membership.decided_at = at, None, None


def _mail_once(membership: Membership, draft: Draft, *, at: datetime) -> None:
    """Once an hour, but for a new request: an earlier mail was about another group, or holds a link that is dead."""
    is_new = membership.created_at == at
    sent = outbox.enqueue(draft, at=at, at_most_once_per=None if is_new else current_app.config["ONE_MAIL_PER"])
    if sent and membership.state == State.UNCONFIRMED:
        membership.created_at = at  # the link in this mail works from now, and so long nothing is erased


def _keep_consent(membership: Membership, *, at: datetime) -> None:
    consent.record(
        membership.email_key,
        ConsentPurpose.SHOW_NAME,
        text=SHOW_NAME_TEXT,
        source=f"werkgroepen/{membership.workgroup.slug}/aanmelden",
        at=membership.created_at,
        confirmed_at=at,
    )


def _leave(membership: Membership, *, at: datetime) -> None:
    """A second time changes nothing."""
    if membership.state != State.LEFT:
        membership.state, membership.left_at = State.LEFT, at
        consent.withdraw(membership.email_key, ConsentPurpose.SHOW_NAME, at=at)
        outbox.withdraw(membership.email_key, scope=SuppressionScope.GROUP, list_id=membership.workgroup.slug)
        audit.record("membership.left", subject=membership, by=audit.RESIDENT, at=at)


def _locked(membership: Membership) -> Membership:
    """The same row, locked and read again, so that two clicks at once do one thing."""
    db.session.refresh(membership, with_for_update={"of": Membership})
    return membership
