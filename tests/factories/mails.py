"""Every mail that we send, by the name of its folder in templates/email/."""

from collections.abc import Callable
from datetime import timedelta

from dordt.accounts.models import StaffMember
from dordt.contact import emails as contact_emails
from dordt.contact.models import Message
from dordt.newsletters.content.rendering import draft_of
from dordt.newsletters.models import Newsletter
from dordt.shared.mail import Draft
from dordt.subscribers import emails as subscriber_emails
from dordt.subscribers.models import AddressChange, Subscriber
from dordt.workgroups import emails as workgroup_emails
from dordt.workgroups.models import Meeting, Membership, MembershipState
from tests.factories.mailer import WRITTEN_AT
from tests.factories.subscribers import make_application

SAID = "Dank voor uw melding. Wij maken de bank op 12 maart.\n\n.En dit begint met een punt.\nFrom hier verder: é€😀"
BY = StaffMember(name="Sanne Vermeulen-Haddad")


def _decided(membership: Membership, state: MembershipState) -> Draft:
    membership.state, membership.decision_text = state, SAID
    name = membership.workgroup.name[:200]
    meeting = Meeting(title=name, location=name, starts_at=WRITTEN_AT, ends_at=WRITTEN_AT + timedelta(hours=2))
    return workgroup_emails.membership_decided(membership, by=BY, meeting=meeting)


OF_MESSAGE: dict[str, Callable[[Message], Draft]] = {
    "message_received": contact_emails.message_received,
    "message_notice": contact_emails.message_notice,
    "message_answered": lambda message: contact_emails.message_answered(message, SAID, by=BY),
    "message_declined": lambda message: contact_emails.message_declined(message, SAID, by=BY),
    "message_question": lambda message: contact_emails.message_question(message, SAID, by=BY),
    "message_added_to": lambda message: contact_emails.message_added_to(message, SAID, is_reopened=True),
}
OF_SUBSCRIBER: dict[str, Callable[[Subscriber], Draft]] = {
    "confirm_subscription": lambda subscriber: subscriber_emails.confirm_subscription(
        make_application(subscriber), at=WRITTEN_AT
    ),
    "already_subscribed": subscriber_emails.already_subscribed,
    "welcome": subscriber_emails.welcome,
    "address_changed": subscriber_emails.address_changed,
}
OF_ADDRESS_CHANGE: dict[str, Callable[[AddressChange], Draft]] = {
    "confirm_new_address": lambda change: subscriber_emails.confirm_new_address(change, at=WRITTEN_AT),
}
OF_MEMBERSHIP: dict[str, Callable[[Membership], Draft]] = {
    "confirm_membership": lambda membership: workgroup_emails.confirm_membership(membership, at=WRITTEN_AT),
    "already_member": workgroup_emails.already_member,
    "membership_requested": workgroup_emails.membership_requested,
    "membership_notice": workgroup_emails.membership_notice,
    "membership_approved": lambda membership: _decided(membership, MembershipState.APPROVED),
    "membership_waiting": lambda membership: _decided(membership, MembershipState.WAITING),
    "membership_declined": lambda membership: _decided(membership, MembershipState.DECLINED),
}
OF_NEWSLETTER: dict[str, Callable[[Newsletter], Draft]] = {
    "newsletter": lambda newsletter: draft_of(newsletter, newsletter.number)
}
EVERY = {*OF_MESSAGE, *OF_SUBSCRIBER, *OF_ADDRESS_CHANGE, *OF_MEMBERSHIP, *OF_NEWSLETTER, "newsletter_test"}
