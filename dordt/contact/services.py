"""Taking messages of residents in, and what staff do with them."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import sqlalchemy as sa

from dordt import throttling
from dordt.accounts.authorization import asks, lock_rights, may_now
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.contact import emails, files, workflow
from dordt.contact.models import (
    EntryKind,
    Message,
    MessageEntry,
    MessageFile,
    MessageStatus,
    Outcome,
    ReferenceCounter,
)
from dordt.contact.workflow import RESTING, TYPES, StatusType, move, reply_by
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.places.models import Topic
from dordt.shared import typed_text
from dordt.shared.addresses import address_key
from dordt.shared.clock import AMSTERDAM
from dordt.shared.database import insert_into
from dordt.shared.links import read_token
from dordt.shared.problems import ChangedMeanwhile, LinkInvalid, NotAllowed, NotFound

KEEP_INFORMED_TEXT = "Ja, u mag mij mailen als mijn bericht iets heeft opgeleverd"
MAILS = {
    MessageStatus.ANSWERED: emails.message_answered,
    MessageStatus.DECLINED: emails.message_declined,
    MessageStatus.WAITING_FOR_RESIDENT: emails.message_question,
}


@dataclass(frozen=True)
class MessageSubmission:
    """What a resident filled in; `topic` is a slug, `form_key` names the form that was shown, or is empty."""

    name: str
    email: str
    neighbourhood: str
    topic: str
    body: str
    phone: str = ""
    location: str = ""
    keep_informed: bool = False
    uploads: tuple[files.Upload, ...] = ()
    form_key: str = ""

    @property
    def submission_key(self) -> str:
        """The same for the same form with the same content; a form without a key of its own is always a new message.

        The content is part of it: somebody who goes back, changes the text and sends again, sends a second message.
        """
        if not self.form_key:
            return secrets.token_hex(32)
        filled_in = (self.form_key, self.name, self.email, self.phone, self.neighbourhood, self.topic, self.location)
        digest = sha256(repr((*filled_in, self.body, self.keep_informed)).encode())
        for upload in self.uploads:
            digest.update(sha256(upload.content).digest())
        return digest.hexdigest()


@dataclass(frozen=True)
class Receipt:
    """What the thank-you page says."""

    reference: str
    reply_by_on: date


def send_message(submission: MessageSubmission, *, at: datetime) -> Receipt:
    """Store a message with its files, and queue the receipt and the notice, in one transaction.

    The same form sent twice is one message with one receipt.
    """
    db.session.rollback()  # what was read for the form: on SQLite a transaction that began by reading cannot write
    key, kept, is_new = submission.submission_key, files.keep(submission.uploads), False
    try:
        reference = _next_reference(at)  # first: of two clicks at once the second waits here for the first
        receipt = _sent_before(key)
        if receipt is None:
            receipt = _store(submission, key, reference, kept, at=at)
            db.session.commit()
            is_new = True
        return receipt
    finally:
        if not is_new:
            db.session.rollback()
            files.discard(kept)


def find_by_token(token: str) -> Message:
    """The message that a private link was made for; it works until a newer one ends it. Raises LinkInvalid."""
    claim = read_token(token, purpose=emails.PURPOSE)
    message = db.session.scalar(Message.linked(claim.row_id, claim.version))
    if message is None:
        raise LinkInvalid(emails.PURPOSE)
    return message


def add_to_message(token: str, text: str, *, at: datetime) -> None:
    """The resident adds something: the team gets a notice, and what waited or was closed is taken up again.

    The same text twice in a row is one addition. Raises LinkInvalid, and NotAllowed for a message that is unwanted.
    """
    lock_rights()
    message = find_by_token(token)
    db.session.refresh(message, with_for_update={"of": Message})
    if message.status is MessageStatus.UNWANTED:
        raise NotAllowed(workflow.TAKES_NOTHING)
    if not _was_last_word(message, text):
        _append(message, text, at=at)
    db.session.commit()


def add_by_mail(message_id: int, text: str, *, at: datetime) -> None:
    """As add_to_message, for what the resident mailed; commits nothing: the caller notes which mail it was."""
    message = _locked(message_id)
    if message.status is MessageStatus.UNWANTED:
        raise NotAllowed(workflow.TAKES_NOTHING)
    _append(message, typed_text.lines(text), at=at)


@asks(Right.ASSIGN, closed_to_coordinators=True)
def assign_message(message_id: int, assignee_id: int | None, *, by: StaffMember, at: datetime) -> None:
    """Give a message to a member of staff, or to nobody. Raises NotAllowed when that person cannot answer."""
    message = _locked(message_id)
    if message.assignee_id == assignee_id:
        db.session.rollback()
        return
    if assignee_id is not None and not can_take(db.session.get(StaffMember, assignee_id, populate_existing=True)):
        raise NotAllowed("Deze medewerker kan geen berichten beantwoorden. Kies iemand anders.")
    _assign(message, assignee_id, by=by, at=at)
    db.session.commit()


def hand_back_messages(member: StaffMember, *, by: StaffMember, at: datetime) -> None:
    """Of a member who can no longer answer, what is open is nobody's from now on. Commits nothing."""
    if can_take(member):
        return
    still_open = Message.with_status(*workflow.of_type(workflow.StatusType.OPEN))
    theirs = still_open.where(Message.assignee_id == member.id).order_by(Message.id)
    for message in db.session.scalars(theirs.with_for_update(of=Message)).all():
        _assign(message, None, by=by, at=at)


@asks(Right.ANSWER, closed_to_coordinators=True)
def add_note(message_id: int, text: str, *, by: StaffMember, at: datetime) -> None:
    """Write something down for colleagues; the resident never reads it. Sent twice in a row it is one note."""
    message = _locked(message_id)
    last = message.entries[-1] if message.entries else None
    if last is None or (last.kind, last.author_id, last.text) != (EntryKind.NOTE, by.id, text):
        message.entries.append(MessageEntry(kind=EntryKind.NOTE, author_id=by.id, text=text, at=at))
        message.updated_at = at
        audit.record("message.noted", subject=message, by=by, at=at)
    db.session.commit()


@asks(Right.ANSWER, Right.CLOSE, closed_to_coordinators=True)
def answer_message(
    message_id: int, text: str, outcome: Outcome, *, by: StaffMember, at: datetime, seen: int | None = None
) -> None:
    """Answer the resident by mail and close the message with what came of it. Raises as change_status."""
    change_status(message_id, MessageStatus.ANSWERED, text=text, outcome=outcome, by=by, at=at, seen=seen)


@asks(Right.ANSWER, closed_to_coordinators=True)
def change_status(
    message_id: int,
    to: MessageStatus,
    *,
    by: StaffMember,
    at: datetime,
    text: str = "",
    outcome: Outcome | None = None,
    seen: int | None = None,
) -> None:
    """Take one step of the workflow, and mail the text to the resident where the step asks for it.

    seen: the id of the last entry that stood on the page, 0 for none, None where no page was read.
    Raises ChangedMeanwhile when others wrote after that or took the step away, and NotAllowed, with the reason in
    Dutch, when the step may not be taken or lacks an outcome, text or reason.
    """
    message = _locked(message_id)
    if workflow.TYPES[to] is not workflow.StatusType.OPEN and not may_now(by, Right.CLOSE):
        raise NotAllowed(workflow.MAY_NOT_CLOSE)
    administers = may_now(by, Right.ADMINISTER)
    _require_seen(message, to, seen, by)
    refused = workflow.refusal(message.status, to, outcome=outcome, text=text, administers=administers)
    if refused:
        raise NotAllowed(refused)
    before = message.status
    move(message, to, outcome=outcome, at=at)
    _release_if_gone(message, by=by, at=at)
    _write_down(message, text, by, at=at)
    action = "message.closed" if message.is_closed_unanswered else f"message.{to}"
    audit.record(action, subject=message, by=by, at=at, before=before, outcome=message.outcome)
    db.session.commit()


def can_take(member: StaffMember | None) -> bool:
    """Whether a message can be given to this member of staff."""
    if member is None or not member.active or member.leads_groups_only:
        return False
    return member.may(Right.ANSWER)


def _next_reference(at: datetime) -> str:
    """DZ, the year in Amsterdam, and the next number of that year; one statement, so that no number is given twice."""
    year = at.astimezone(AMSTERDAM).year
    first = insert_into(ReferenceCounter).values(year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=[ReferenceCounter.year], set_={"last": ReferenceCounter.last + 1}
    )
    number = db.session.scalar(following.returning(ReferenceCounter.last))
    return f"DZ-{year}-{number:06}"


def _sent_before(key: str) -> Receipt | None:
    columns = sa.select(Message.reference, Message.reply_by_on).where(Message.submission_key == key)
    found = db.session.execute(columns).one_or_none()
    return Receipt(found.reference, found.reply_by_on) if found else None


def _store(
    submission: MessageSubmission, key: str, reference: str, kept: list[MessageFile], *, at: datetime
) -> Receipt:
    topic = db.session.scalar(sa.select(Topic).where(Topic.slug == submission.topic))
    message = Message(
        reference=reference,
        submission_key=key,
        name=submission.name,
        email=submission.email,
        email_key=address_key(submission.email),
        phone=submission.phone,
        neighbourhood=submission.neighbourhood,
        topic=topic,
        location=submission.location,
        body=submission.body,
        keep_informed=submission.keep_informed,
        reply_by_on=reply_by(topic, at),
        created_at=at,
        updated_at=at,
        files=kept,
    )
    db.session.add(message)
    db.session.flush()
    _follow_up(message, at=at)
    return Receipt(message.reference, message.reply_by_on)


def _follow_up(message: Message, *, at: datetime) -> None:
    audit.record("message.sent", subject=message, by=audit.RESIDENT, at=at, files=len(message.files))
    if message.keep_informed:
        purpose = ConsentPurpose.KEEP_INFORMED
        consent.record(message.email_key, purpose, text=KEEP_INFORMED_TEXT, source="contact", at=at)
    if throttling.may_be_mailed(message.email, at=at):  # the thank-you page tells the number all the same
        outbox.enqueue(emails.message_received(message), at=at)
    outbox.enqueue(emails.message_notice(message), at=at)


def _was_last_word(message: Message, text: str) -> bool:
    last = message.entries[-1] if message.entries else None
    return last is not None and last.kind is EntryKind.FROM_RESIDENT and last.text == text


def _append(message: Message, text: str, *, at: datetime) -> None:
    before, was_closed = message.status, TYPES[message.status] is StatusType.CLOSED
    message.entries.append(MessageEntry(kind=EntryKind.FROM_RESIDENT, text=text, at=at))
    message.added_to_at = message.updated_at = at
    if before in RESTING:
        move(message, MessageStatus.IN_PROGRESS, outcome=None, at=at)
        _release_if_gone(message, by=audit.RESIDENT, at=at)
    audit.record("message.added_to", subject=message, by=audit.RESIDENT, at=at, before=before, after=message.status)
    outbox.enqueue(emails.message_added_to(message, text, is_reopened=was_closed), at=at)


def _assign(message: Message, assignee_id: int | None, *, by: audit.Actor, at: datetime) -> None:
    audit.record("message.assigned", subject=message, by=by, at=at, before=message.assignee_id, after=assignee_id)
    message.assignee_id, message.updated_at = assignee_id, at


def _release_if_gone(message: Message, *, by: audit.Actor, at: datetime) -> None:
    """What is taken up again is nobody's when whoever had it can no longer answer."""
    is_open = workflow.TYPES[message.status] is workflow.StatusType.OPEN
    if is_open and message.assignee and not can_take(message.assignee):
        _assign(message, None, by=by, at=at)


def _locked(message_id: int) -> Message:
    """The message, kept from others until the end of this transaction, so that two colleagues do not both answer."""
    query = Message.numbered(message_id).with_for_update(of=Message).execution_options(populate_existing=True)
    message = db.session.scalar(query)
    if message is None:
        raise NotFound("message", message_id)
    return message


def _require_seen(message: Message, to: MessageStatus, seen: int | None, by: StaffMember) -> None:
    """What a colleague closed is said with who did it; what anybody else wrote since must have been read."""
    if to not in workflow.STEPS[message.status]:
        raise ChangedMeanwhile(workflow.who_was_first(message))
    if seen is not None:
        others = MessageEntry.author_id.is_distinct_from(by.id)
        newer = sa.select(MessageEntry.id).where(MessageEntry.message_id == message.id, MessageEntry.id > seen, others)
        if db.session.scalar(newer.limit(1)) is not None:
            raise ChangedMeanwhile(workflow.UNSEEN)


def _write_down(message: Message, text: str, by: StaffMember, *, at: datetime) -> None:
    is_mailed = bool(text) and message.status in workflow.MAILED
    kind = EntryKind.ANSWER if is_mailed else EntryKind.STATUS
    message.entries.append(MessageEntry(kind=kind, author_id=by.id, status=message.status, text=text, at=at))
    if is_mailed:
        outbox.enqueue(MAILS[message.status](message, text, by=by), at=at)
