"""The mails around a message; links and texts are settled here, nothing is sent."""

from typing import Any

from flask import current_app

from dordt.accounts.models import StaffMember
from dordt.contact.labels import OUTCOME_LABELS
from dordt.contact.models import Message
from dordt.places.services import place_name
from dordt.shared.links import absolute, issue_token
from dordt.shared.mail import Draft, compose
from dordt.shared.names import first_name

PURPOSE = "message"


def message_received(message: Message) -> Draft:
    """The receipt; repeats nothing that was typed, so that the form cannot be used to send words to others."""
    return _to_resident("message_received", message, sent_at=message.created_at)


def message_answered(message: Message, text: str, *, by: StaffMember) -> Draft:
    """Our answer, and what the outcome is."""
    return _answer("message_answered", message, text, by, outcome=_outcome(message))


def message_declined(message: Message, text: str, *, by: StaffMember) -> Draft:
    """Why we do not go on with it."""
    return _answer("message_declined", message, text, by, outcome=_outcome(message))


def message_question(message: Message, text: str, *, by: StaffMember) -> Draft:
    """What we need to know before we can go on."""
    return _answer("message_question", message, text, by)


def message_notice(message: Message) -> Draft:
    """Tells the team that a message came in; a reply goes to the resident."""
    return _to_team("message_notice", message)


def message_added_to(message: Message, text: str, *, is_reopened: bool) -> Draft:
    """Tells the team that the resident added something; after our last word that opens the message again."""
    return _to_team("message_added_to", message, text=text, is_reopened=is_reopened)


def _answer(name: str, message: Message, text: str, by: StaffMember, **values: Any) -> Draft:
    """Words of a member of staff, who is named by the first name alone."""
    return _to_resident(name, message, text=text, answered_by=first_name(by.name), **values)


def _to_resident(name: str, message: Message, **values: Any) -> Draft:
    token = issue_token(message.id, purpose=PURPOSE, version=message.link_version)
    return compose(
        name,
        to=message.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        reference=message.reference,
        topic=message.topic.name if message.topic else "",
        reply_by_on=message.reply_by_on,
        link=absolute("contact.follow", token=token),
        **values,
    )


def _to_team(name: str, message: Message, **values: Any) -> Draft:
    return compose(
        name,
        to=current_app.config["CONTACT_ADDRESS"],
        reply_to=message.email if message.email.isascii() else message.email_key,
        message=message,
        place=place_name(message.neighbourhood),
        link=absolute("staff.contact.message", message_id=message.id),
        **values,
    )


def _outcome(message: Message) -> str:
    return OUTCOME_LABELS[message.outcome].lower() if message.outcome else ""
