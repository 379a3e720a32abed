"""What residents did in the past months, done through the same services as on the site."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.contact import services as contact
from dordt.contact.models import Message, MessageStatus, Outcome
from dordt.contact.workflow import MAILED
from dordt.development.seed import ago, rows
from dordt.development.seed.content import member
from dordt.extensions import db
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    InboundMail,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import services
from dordt.shared.links import issue_token
from dordt.subscribers import emails as subscriber_emails
from dordt.subscribers import services as subscribers
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.forms import CONSENT_TEXT
from dordt.subscribers.models import Subscriber, SubscriberApplication, SubscriberState, UnsubscribeReason
from dordt.workgroups import services as workgroups
from dordt.workgroups.models import Membership, MembershipState, Workgroup

REPLIED_AFTER = timedelta(days=1, hours=2)
CONFIRMED_AFTER = timedelta(minutes=14)
PAUSED_FOR = timedelta(days=40)
LEAVERS = (  # days ago, after the second newsletter; of the second nobody knows why
    ("koos.lagendijk@voorbeeld.nl", 27, UnsubscribeReason.TOO_OFTEN, "Een keer per kwartaal is voor mij genoeg."),
    ("ilse.franken@voorbeeld.nl", 20, None, ""),
)
UNKNOWN = "5.1.1 Recipient address rejected: User unknown"
BROKEN_OFF = "body: no answer The connection was lost after the last dot"
BOUNCED_AFTER = timedelta(minutes=3)


def add_subscribers(*, at: datetime) -> None:
    """Everybody asked through the form; most confirmed, some left again or paused."""
    for number, row in enumerate(rows("subscribers")):
        asked_at = ago(at, row["days_ago"], number=number)
        request = subscribers.SubscriptionRequest(
            row["email"], SubscriberFields(row["neighbourhoods"], row["topics"]), CONSENT_TEXT
        )
        subscribers.request_subscription(request, at=asked_at)
        subscriber = db.session.scalars(Subscriber.with_key(row["email"].lower())).one()
        _move_subscriber(subscriber, SubscriberState(row["state"]), at=asked_at + CONFIRMED_AFTER)
        if subscriber.state == SubscriberState.PAUSED:
            subscriber.paused_until = at + PAUSED_FOR
            db.session.commit()


def _move_subscriber(subscriber: Subscriber, state: SubscriberState, *, at: datetime) -> None:
    if state == SubscriberState.UNCONFIRMED:
        return
    version = subscriber.link_version
    (application,) = db.session.scalars(SubscriberApplication.waiting(subscriber.id))
    confirm = issue_token(application.id, purpose=subscriber_emails.CONFIRM, version=version)
    subscribers.confirm_subscription(confirm, at=at)
    if state == SubscriberState.UNSUBSCRIBED:
        leave = issue_token(subscriber.id, purpose=subscriber_emails.UNSUBSCRIBE, version=subscriber.link_version)
        subscribers.unsubscribe(leave, at=at + timedelta(days=2))
    if state == SubscriberState.PAUSED:
        subscriber.state = state
        db.session.commit()


def leave_after_newsletter(*, at: datetime) -> None:
    """Two readers leave when they got a newsletter; one of them says why."""
    for email, days, reason, remark in LEAVERS:
        left_at = ago(at, days)
        subscriber = db.session.scalars(Subscriber.with_key(email)).one()
        token = issue_token(subscriber.id, purpose=subscriber_emails.UNSUBSCRIBE, version=subscriber.link_version)
        subscribers.unsubscribe(token, at=left_at)
        if reason:
            subscribers.give_reason(token, reason, remark, at=left_at + timedelta(minutes=1))


def add_memberships(*, at: datetime) -> None:
    """Requests for the work groups, and what staff decided."""
    groups = {group.slug: group for group in db.session.scalars(Workgroup.all())}
    for number, row in enumerate(rows("memberships")):
        group = groups[row["workgroup"]]
        asked_at = ago(at, row["days_ago"], number=number)
        membership = _ask(group, row, at=asked_at)
        _move_membership(membership, group, row, at=asked_at)


def _ask(group: Workgroup, row: dict[str, Any], *, at: datetime) -> Membership:
    names = ("name", "email", "neighbourhood", "motivation", "show_name")
    application = workgroups.MembershipApplication(phone=row.get("phone", ""), **{name: row[name] for name in names})
    takes_people, group.is_open = group.is_open, True  # also the group that is full now did once
    workgroups.request_membership(group, application, at=at)
    group.is_open = takes_people
    db.session.commit()
    mine = sa.select(Membership).where(
        Membership.workgroup_id == group.id, Membership.email_key == row["email"].lower()
    )
    return db.session.scalars(mine).one()


def _move_membership(membership: Membership, group: Workgroup, row: dict[str, Any], *, at: datetime) -> None:
    state = MembershipState(row["state"])
    if state == MembershipState.UNCONFIRMED:
        return
    token = issue_token(membership.id, purpose=workgroups.CONFIRM, version=membership.link_version)
    workgroups.confirm_membership(token, at=at + CONFIRMED_AFTER)
    if state == MembershipState.LEFT:
        leave = issue_token(membership.id, purpose=workgroups.LEAVE, version=membership.link_version)
        workgroups.leave_workgroup(leave, at=at + timedelta(days=30))
    elif state != MembershipState.REQUESTED:
        coordinator = _coordinator(group)
        text = row.get("decision", "")
        workgroups.decide_membership(membership.id, state, text, by=coordinator, at=at + REPLIED_AFTER)


def _coordinator(group: Workgroup) -> StaffMember:
    return db.session.get_one(StaffMember, group.coordinator_id)


def add_messages(*, at: datetime) -> None:
    """Messages of the past months, the oldest first, and what was done with them."""
    for number, row in enumerate(sorted(rows("messages"), key=lambda row: -row["days_ago"])):
        sent_at = ago(at, row["days_ago"], number=number)
        receipt = contact.send_message(_message(row), at=sent_at)
        message = db.session.scalars(sa.select(Message).where(Message.reference == receipt.reference)).one()
        if row["status"] != MessageStatus.NEW:
            _handle(message.id, row, sent_at=sent_at, at=at)


def _message(row: dict[str, Any]) -> contact.MessageSubmission:
    return contact.MessageSubmission(
        name=row["name"],
        email=row["email"],
        phone=row.get("phone") or "",
        neighbourhood=row["neighbourhood"],
        topic=row["topic"],
        location=row.get("location") or "",
        body=row["message"].strip(),
    )


def _handle(message_id: int, row: dict[str, Any], *, sent_at: datetime, at: datetime) -> None:
    by = member(row.get("assignee") or "m.terpstra@voorbeeld.nl")
    taken_at = min(sent_at + REPLIED_AFTER, at - timedelta(minutes=4))
    if row.get("assignee"):
        contact.assign_message(message_id, by.id, by=by, at=taken_at)
    status = MessageStatus(row["status"])
    if row.get("note") and status != MessageStatus.UNWANTED:
        contact.add_note(message_id, row["note"], by=by, at=taken_at)
    moved_at = ago(at, row["closed_days_ago"]) if "closed_days_ago" in row else taken_at
    outcome = Outcome(row["outcome"]) if row.get("outcome") else None
    reply = {MessageStatus.UNWANTED: "note", **dict.fromkeys(MAILED, "answer")}.get(status, "")
    text = (row.get(reply) or "").strip()
    contact.change_status(message_id, status, text=text, outcome=outcome, by=by, at=max(moved_at, taken_at))
    for reader in {by.id, member("m.terpstra@voorbeeld.nl").id}:  # what they opened is not bold in their list
        audit.record_reading(reader, subject=("message", message_id), at=taken_at)


def settle_mail(*, at: datetime) -> None:
    """Mark what the services queued as accepted when it was made; one newsletter came back, and of one nobody knows."""
    accepted = {
        "state": DeliveryState.ACCEPTED,
        "attempts": 1,
        "accepted_at": Delivery.created_at,
        "relay_code": 250,
        "relay_enhanced": "2.0.0",
        "relay_text": "2.0.0 Ok: queued",
    }
    db.session.execute(sa.update(Delivery).where(Delivery.state == DeliveryState.QUEUED).values(accepted))
    newsletter = sa.select(Delivery).join(Delivery.mail).where(Mail.kind == MailKind.NEWSLETTER)
    returned = db.session.scalars(newsletter.order_by(Delivery.id).limit(1)).one()
    _came_back(returned)
    _broke_off(db.session.scalars(newsletter.order_by(Delivery.id.desc()).limit(1)).one())
    _suppress(returned, at=at)
    for row in rows("received"):
        db.session.add(_received(row, returned, at=at))
    db.session.commit()
    services.follow_mailer(at=at)
    db.session.execute(sa.update(Newsletter).where(Newsletter.sent_at == at).values(sent_at=Newsletter.started_at))
    db.session.commit()


def _came_back(delivery: Delivery) -> None:
    delivery.state = DeliveryState.BOUNCED
    events = (
        (MailEventKind.ACCEPTED, timedelta(), "250 2.0.0 Ok: queued"),
        (MailEventKind.BOUNCED, BOUNCED_AFTER, UNKNOWN),
    )
    db.session.add_all(
        MailEvent(delivery_id=delivery.id, kind=kind, at=delivery.created_at + after, detail=words)
        for kind, after, words in events
    )


def _broke_off(delivery: Delivery) -> None:
    delivery.state, delivery.accepted_at = DeliveryState.UNCERTAIN, None
    delivery.relay_code = delivery.relay_enhanced = delivery.relay_text = None
    event = MailEvent(delivery_id=delivery.id, kind=MailEventKind.UNCERTAIN, at=delivery.created_at, detail=BROKEN_OFF)
    db.session.add(event)


def _suppress(returned: Delivery, *, at: datetime) -> None:
    """What came back, a complaint, and two that a colleague was asked for; none of them is a subscriber of the demo
    but the first."""
    suppression_list.add(
        returned.address_key,
        scope=SuppressionScope.ALL,
        cause=SuppressionCause.HARD_BOUNCE,
        reason=UNKNOWN,
        delivery_id=returned.id,
        at=returned.created_at + BOUNCED_AFTER,
    )
    news, everything = SuppressionScope.NEWSLETTER, SuppressionScope.ALL
    for days, key, scope, cause, reason in (
        (21, "g.haverkamp@voorbeeld.nl", news, SuppressionCause.COMPLAINT, "Feedback report: abuse"),
        (12, "volle.bus@voorbeeld.nl", news, SuppressionCause.SOFT_BOUNCES, "4.2.2 Mailbox full"),
        (40, "@oude-school.voorbeeld.nl", everything, SuppressionCause.STAFF, "De school is gesloten"),
    ):
        suppression_list.add(key, scope=scope, cause=cause, reason=reason, at=ago(at, days))


def _received(row: Mapping[str, Any], returned: Delivery, *, at: datetime) -> InboundMail:
    message = EmailMessage()
    message["From"], message["Subject"], message["To"] = row["sender"], row["subject"], "terug@dordrecht.voorbeeld.nl"
    message.set_content(row["text"])
    if row.get("attachment"):
        message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=row["attachment"])
    is_about_ours = row.get("about_newsletter", False)
    raw = message.as_bytes()
    received_at = returned.created_at + BOUNCED_AFTER if is_about_ours else ago(at, row["days_ago"])
    return InboundMail(
        digest=sha256(raw).hexdigest(),
        source="imap",
        raw=raw,
        sender=row["sender"],
        subject=row["subject"],
        kind=InboundKind(row["kind"]),
        delivery_id=returned.id if is_about_ours else None,
        received_at=received_at,
        handled_at=received_at if is_about_ours else None,
    )
