"""The mails around a membership; links and texts are settled here, nothing is sent."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from dordt.accounts.models import StaffMember
from dordt.places.services import place_name
from dordt.shared import formats
from dordt.shared.links import absolute, issue_token
from dordt.shared.mail import Draft, compose
from dordt.shared.names import first_name
from dordt.workgroups.models import Meeting, Membership, MembershipState

DECISION_MAILS = {
    MembershipState.APPROVED: "membership_approved",
    MembershipState.WAITING: "membership_waiting",
    MembershipState.DECLINED: "membership_declined",
}


def confirm_membership(membership: Membership, *, at: datetime) -> Draft:
    """Asks to confirm; repeats nothing that was typed, so that the form cannot send words to others."""
    token = issue_token(membership.id, purpose="membership-confirm", version=membership.link_version)
    within: timedelta = current_app.config["CONFIRM_WITHIN"]
    return compose(
        "confirm_membership",
        to=membership.email,
        workgroup=membership.workgroup,
        link=absolute("workgroups.confirm", token=token),
        days=within.days,
        until=formats.dutch_date(at + within),
    )


def already_member(membership: Membership) -> Draft:
    """Says that this address takes part already, with the way out."""
    return _to_resident("already_member", membership)


def membership_requested(membership: Membership) -> Draft:
    """The receipt after confirming: what happens next."""
    leader = membership.workgroup.coordinator
    return _to_resident(
        "membership_requested", membership, coordinator=first_name(leader.name) if leader and leader.active else ""
    )


def membership_decided(membership: Membership, *, by: StaffMember, meeting: Meeting | None) -> Draft:
    """What a member of staff decided, in their words. `meeting`: the next one, for whoever is welcome."""
    return _to_resident(
        DECISION_MAILS[membership.state],
        membership,
        decision_text=membership.decision_text,
        answered_by=first_name(by.name),
        meeting=meeting,
        calendar_link=absolute("workgroups.calendar", slug=membership.workgroup.slug),
    )


def membership_notice(membership: Membership) -> Draft:
    """Tells the wijkteam; a reply goes to the resident."""
    return compose(
        "membership_notice",
        to=current_app.config["CONTACT_ADDRESS"],
        reply_to=membership.email,
        membership=membership,
        workgroup=membership.workgroup,
        place=place_name(membership.neighbourhood),
        link=absolute("staff.workgroups.membership", membership_id=membership.id),
    )


def _to_resident(name: str, membership: Membership, **values: Any) -> Draft:
    token = issue_token(membership.id, purpose="membership-leave", version=membership.link_version)
    return compose(
        name,
        to=membership.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        workgroup=membership.workgroup,
        page_link=absolute("workgroups.show", slug=membership.workgroup.slug),
        leave_link=absolute("workgroups.leave", token=token),
        **values,
    )
