"""The mails around a subscription, and the link to leave that every newsletter carries; nothing is sent here."""

from datetime import datetime, timedelta

from flask import current_app

from dordt.shared import formats
from dordt.shared.links import absolute
from dordt.shared.mail import Draft, compose
from dordt.shared.tokens import issue_token
from dordt.subscribers.models import Subscriber

CONFIRM = "newsletter-confirm"
UNSUBSCRIBE = "newsletter-unsubscribe"
MERGED_TOKEN = "[[token]]"  # noqa: S105  (the worker signs one for each recipient)


def confirm_subscription(subscriber: Subscriber, *, at: datetime) -> Draft:
    """Asks to confirm; repeats nothing that was typed, so that the form cannot send words to others."""
    token = issue_token(subscriber.id, purpose=CONFIRM, version=subscriber.link_version)
    within: timedelta = current_app.config["CONFIRM_WITHIN"]
    return compose(
        "confirm_subscription",
        to=subscriber.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        link=absolute("subscribers.confirm", token=token),
        days=within.days,
        until=formats.dutch_date(at + within),
    )


def already_subscribed(subscriber: Subscriber) -> Draft:
    """Says that this address gets the newsletter already, with the way out."""
    token = issue_token(subscriber.id, purpose=UNSUBSCRIBE, version=subscriber.link_version)
    return compose(
        "already_subscribed",
        to=subscriber.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        unsubscribe_link=absolute("subscribers.unsubscribe", token=token),
    )


def merged_unsubscribe_link() -> str:
    """The link to leave, as one content for many: with the merge field where each recipient's token belongs."""
    link = absolute("subscribers.unsubscribe", token="-")  # noqa: S106  (a place to put one)
    return link.replace("/-/", f"/{MERGED_TOKEN}/")


def merged_preferences_link() -> str:
    """The link to the preference page, for many: the same token opens it, until their link version is raised."""
    link = absolute("subscribers.preferences", token="-")  # noqa: S106  (a place to put one)
    return link.replace("/-/", f"/{MERGED_TOKEN}/")
