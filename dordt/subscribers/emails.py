"""The mails around a subscription, and the link to leave that every newsletter carries; nothing is sent here."""

from datetime import datetime, timedelta

from flask import current_app

from dordt.shared import formats
from dordt.shared.links import absolute, issue_token
from dordt.shared.mail import Draft, compose
from dordt.subscribers.models import AddressChange, Subscriber, SubscriberApplication, SubscriberState

CONFIRM = "newsletter-application"
CONFIRM_BEFORE = "newsletter-confirm"  # in links from before each form was a row
UNSUBSCRIBE = "newsletter-unsubscribe"  # opens the preferences too
NEW_ADDRESS = "newsletter-new-address"
NAMES = ("confirm_subscription", "already_subscribed", "welcome", "confirm_new_address", "address_changed")
MERGED_TOKEN = "[[token]]"  # noqa: S105  (the worker signs one for each recipient)


def confirm_subscription(application: SubscriberApplication, *, at: datetime) -> Draft:
    """Asks to confirm one form; repeats nothing that was typed, so that the form cannot send words to others."""
    token = issue_token(application.id, purpose=CONFIRM, version=application.subscriber.link_version)
    within: timedelta = current_app.config["CONFIRM_WITHIN"]
    return compose(
        "confirm_subscription",
        to=application.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        link=absolute("subscribers.confirm", token=token),
        days=within.days,
        until=formats.dutch_date(at + within),
    )


def welcome(subscriber: Subscriber) -> Draft:
    """Says what comes now that the address was proved; it may name what was chosen, for those words are ours."""
    return compose(
        "welcome",
        to=subscriber.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        preferences_link=_preferences_link(subscriber),
        unsubscribe_link=_unsubscribe_link(subscriber),
        archive_link=absolute("newsletters.archive"),
        neighbourhoods=[wijk.name for wijk in subscriber.neighbourhoods],
        topics=[topic.name for topic in subscriber.topics],
    )


def already_subscribed(subscriber: Subscriber) -> Draft:
    """Says that this address is on the list already, with the way to change that and the way out."""
    until = subscriber.paused_until
    return compose(
        "already_subscribed",
        to=subscriber.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        preferences_link=_preferences_link(subscriber),
        unsubscribe_link=_unsubscribe_link(subscriber),
        is_paused=subscriber.state == SubscriberState.PAUSED,
        until=formats.dutch_date(until) if until else "",
    )


def confirm_new_address(change: AddressChange, *, at: datetime) -> Draft:
    """Asks at the new address whether the newsletter may go there; the same whoever has it, and without the old one."""
    token = issue_token(change.id, purpose=NEW_ADDRESS, version=change.subscriber.link_version)
    within: timedelta = current_app.config["CONFIRM_WITHIN"]
    return compose(
        "confirm_new_address",
        to=change.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        link=absolute("subscribers.new_address", token=token),
        days=within.days,
        until=formats.dutch_date(at + within),
    )


def address_changed(subscriber: Subscriber) -> Draft:
    """Tells the address of until now that the newsletter went elsewhere; it names neither address."""
    return compose(
        "address_changed",
        to=subscriber.email,
        reply_to=current_app.config["CONTACT_ADDRESS"],
        subscribe_link=absolute("subscribers.subscribe"),
    )


def merged_unsubscribe_link() -> str:
    """The link to leave, as one content for many: with the merge field where each recipient's token belongs."""
    link = absolute("subscribers.unsubscribe", token="-")  # noqa: S106  (a place to put one)
    return link.replace("/-/", f"/{MERGED_TOKEN}/")


def merged_preferences_link() -> str:
    """The link to the preference page, for many: the same token opens it, until their link version is raised."""
    link = absolute("subscribers.preferences", token="-")  # noqa: S106  (a place to put one)
    return link.replace("/-/", f"/{MERGED_TOKEN}/")


def _preferences_link(subscriber: Subscriber) -> str:
    return absolute("subscribers.preferences", token=_token_of(subscriber))


def _unsubscribe_link(subscriber: Subscriber) -> str:
    return absolute("subscribers.unsubscribe", token=_token_of(subscriber))


def _token_of(subscriber: Subscriber) -> str:
    return issue_token(subscriber.id, purpose=UNSUBSCRIBE, version=subscriber.link_version)
