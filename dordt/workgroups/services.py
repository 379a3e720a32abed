"""Asking to take part, confirming, deciding, leaving."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

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
from dordt.shared.formats import dutch_date_time
from dordt.shared.links import read_token
from dordt.shared.problems import ChangedMeanwhile, LinkInvalid, NotAllowed
from dordt.workgroups import emails
from dordt.workgroups.labels import DECISION_LABELS, STATE_LABELS
from dordt.workgroups.models import TAKES_PART, Meeting, Membership, MembershipState, Workgroup

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
MOST_AT_ONCE = 3  # forms with other words for one address that are mailed within an hour


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

    Somebody who takes part already gets a mail that says so instead, and nothing of theirs changes: a stranger may have
    typed the address. The page answers the same, and never tells who is in the group. Raises NotAllowed when the group
    takes nobody on.
    """
    if not workgroup.is_open:
        raise NotAllowed(f"De {workgroup.name} zoekt op dit moment geen mensen.")
    if throttling.may_be_mailed(application.email, at=at):  # from here on the next one with this address waits
        theirs = _applications(workgroup.id, address_key(application.email))
        member = next((each for each in theirs if each.takes_part), None)
        if member:
            outbox.enqueue(emails.already_member(member), at=at, at_most_once_per=current_app.config["ONE_MAIL_PER"])
        else:
            _ask_to_confirm(workgroup, application, theirs, at=at)
    db.session.commit()


def find_by_confirm_token(token: str) -> Membership:
    """The application that a confirm link was made for. Raises LinkExpired, and LinkInvalid when it was left since, or
    another one of the same person was confirmed first."""
    claim = read_token(token, purpose=CONFIRM, max_age=current_app.config["CONFIRM_WITHIN"])
    membership = db.session.get(Membership, claim.row_id)
    if membership is None or membership.link_version != claim.version or membership.state == State.LEFT:
        raise LinkInvalid(CONFIRM)
    if membership.state == State.UNCONFIRMED and _present(membership) is not membership:
        raise LinkInvalid(CONFIRM)
    return membership


def find_by_leave_token(token: str) -> Membership:
    """The membership that a leave link was made for, or by which this person takes part in that group now; such a link
    works for ever. Raises LinkInvalid."""
    membership = db.session.get(Membership, read_token(token, purpose=LEAVE).row_id)
    if membership is None:
        raise LinkInvalid(LEAVE)
    return _present(membership)


def confirm_membership(token: str, *, at: datetime) -> None:
    """The resident proved the address: what stood in this form counts, and the group's staff are asked to decide.

    What else was filled in under this address and not confirmed ends. A second time changes nothing.
    """
    found = find_by_confirm_token(token)
    theirs = _applications(found.workgroup_id, found.email_key)
    membership = find_by_confirm_token(token)
    if membership.state == State.UNCONFIRMED:
        for other in theirs:
            if other.state == State.UNCONFIRMED and other is not membership:
                db.session.delete(other)
        membership.state, membership.confirmed_at = State.REQUESTED, at
        if membership.show_name:
            _keep_consent(membership, at=at)
        audit.record("membership.confirmed", subject=membership, by=audit.RESIDENT, at=at)
        outbox.enqueue(emails.membership_requested(membership), at=at)
        outbox.enqueue(emails.membership_notice(membership), at=at)
    db.session.commit()


def leave_workgroup(token: str, *, at: datetime) -> None:
    """The resident leaves: no group mail goes out any more. A second time changes nothing."""
    _leave(find_by_leave_token(token), at=at)
    db.session.commit()


def leave_by_mail(membership_id: int, list_id: str, *, mail_id: int, at: datetime) -> bool:
    """The resident wrote to the address in a group's mail that ends it; tells whether there is such a membership.

    Commits nothing: the mailer stores the mail that asked in the same transaction.
    """
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.workgroup.slug != list_id:
        return False
    _leave(membership, at=at)
    return True


@asks(Right.SEE_CONTACT_DETAILS, Right.ANSWER)
def decide_membership(
    membership_id: int, decision: MembershipState, text: str, *, by: StaffMember, at: datetime, seen: str | None = None
) -> None:
    """Approve, put on the waiting list or decline, and mail the resident. The same decision twice is one decision.

    seen: `Membership.seen_as` of the page on which it was decided, None where no page was read.
    Raises ChangedMeanwhile, with what happened, when it was decided or changed since or the decision does not fit the
    state, and NotAllowed when it is a group of another coordinator.
    """
    membership = _locked(db.session.get_one(Membership, membership_id))
    if leads_groups_only(current_roles(by)) and membership.workgroup.coordinator_id != by.id:
        raise NotAllowed("U beslist alleen over aanmeldingen bij uw eigen werkgroepen. Vraag het aan een collega.")
    before = membership.state
    if (decision, text, by.id) == (before, membership.decision_text, membership.decided_by_id):
        db.session.rollback()
        return
    is_newer = decision in TAKES_PART and _present(membership) is not membership
    if decision not in DECISIONS[before] or is_newer or seen not in (None, membership.seen_as):
        raise ChangedMeanwhile(f"{_what_happened(membership)} Er is niets gemaild. Uw tekst staat er nog.")
    membership.state, membership.decision_text = decision, text
    membership.decided_at, membership.decided_by_id = at, by.id
    audit.record(
        f"membership.{decision}",
        subject=membership,
        by=by,
        at=at,
        before=before,
    )
    meeting = db.session.scalar(Meeting.upcoming(at, membership.workgroup_id).limit(1))
    outbox.enqueue(emails.membership_decided(membership, by=by, meeting=meeting), at=at)
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
        audit.record("membership.erased_unconfirmed", subject=("membership", None), at=at, count=len(found))
    db.session.commit()
    return len(found)


def membership_counts() -> dict[tuple[int, MembershipState], int]:
    """How many people of each group stand in each state; pairs without any are left out."""
    counts = sa.select(Membership.workgroup_id, Membership.state, sa.func.count())
    grouped = counts.group_by(Membership.workgroup_id, Membership.state)
    return {(row[0], row[1]): row[2] for row in db.session.execute(grouped)}


def _ask_to_confirm(
    workgroup: Workgroup, application: MembershipApplication, theirs: Sequence[Membership], *, at: datetime
) -> None:
    """A row of its own for other words than before, or a fresh link for the same; each mail confirms its own form.

    theirs: what was filled in before under this address, locked. The same form is mailed once an hour.
    """
    waiting = [each for each in theirs if each.state == State.UNCONFIRMED]
    lately = [each for each in waiting if at - each.created_at < current_app.config["ONE_MAIL_PER"]]
    found = next((each for each in waiting if _application_of(each) == application), None)
    if found in lately or len(lately) >= MOST_AT_ONCE:
        return
    if found is None:
        key = address_key(application.email)
        found = Membership(workgroup=workgroup, email_key=key, created_at=at, **asdict(application))
        db.session.add(found)
        db.session.flush()
    found.created_at = at  # the link in this mail works from now, and so long it is not erased
    outbox.enqueue(emails.confirm_membership(found, at=at), at=at)


def _application_of(membership: Membership) -> MembershipApplication:
    return MembershipApplication(
        **{field.name: getattr(membership, field.name) for field in fields(MembershipApplication)}
    )


def _keep_consent(membership: Membership, *, at: datetime) -> None:
    consent.record(
        membership.email_key,
        ConsentPurpose.SHOW_NAME,
        text=SHOW_NAME_TEXT,
        source=f"werkgroepen/{membership.workgroup.slug}/aanmelden",
        at=membership.created_at,
        confirmed_at=at,
    )


def _what_happened(membership: Membership) -> str:
    label = STATE_LABELS[membership.state].lower()
    if membership.state == State.LEFT and membership.left_at:
        return f"De bewoner heeft zich op {dutch_date_time(membership.left_at)} afgemeld."
    if membership.state in DECISION_LABELS and membership.decided_at:
        who = membership.decided_by.name if membership.decided_by else "Een oud-collega"
        return f"{who} besloot hier op {dutch_date_time(membership.decided_at)} over: {label}."
    if _present(membership) is not membership:
        return "De bewoner heeft zich intussen opnieuw aangemeld."
    return f"Deze aanmelding is intussen veranderd. Nu staat er: {label}."


def _leave(membership: Membership, *, at: datetime) -> None:
    """Whichever mail it was, this person takes part in the group no more. A second time changes nothing."""
    leaves = [_locked(membership), _present(membership)]
    for each in dict.fromkeys(leaves):
        if each.state != State.LEFT:
            each.state, each.left_at = State.LEFT, at
            consent.withdraw(each.email_key, ConsentPurpose.SHOW_NAME, at=at)
            outbox.withdraw(each.email_key, scope=SuppressionScope.GROUP, list_id=each.workgroup.slug)
            audit.record("membership.left", subject=each, by=audit.RESIDENT, at=at)


def _present(membership: Membership) -> Membership:
    """By which application this person takes part in the group now; without one, this one."""
    theirs = Membership.of_person(membership.workgroup_id, membership.email_key)
    return db.session.scalar(theirs.where(Membership.state.in_(TAKES_PART))) or membership


def _applications(workgroup_id: int, email_key: str) -> Sequence[Membership]:
    """All of one person for one group, locked and read again, so that two clicks at once do one thing."""
    db.session.expire_all()
    return db.session.scalars(Membership.of_person(workgroup_id, email_key).with_for_update(of=Membership)).all()


def _locked(membership: Membership) -> Membership:
    """The same row, locked and read again, so that two clicks at once do one thing."""
    db.session.refresh(membership, with_for_update={"of": Membership})
    return membership
