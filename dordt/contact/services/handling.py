"""What staff do with a message: assign, note, answer, move on, close."""

from datetime import datetime

from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.contact import emails, workflow
from dordt.contact.models import EntryKind, Message, MessageEntry, MessageStatus, Outcome
from dordt.contact.services.moving import move
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.shared.problems import NotAllowed, NotFound

MAILS = {
    MessageStatus.ANSWERED: emails.message_answered,
    MessageStatus.DECLINED: emails.message_declined,
    MessageStatus.WAITING_FOR_RESIDENT: emails.message_question,
}


def assign_message(message_id: int, assignee_id: int | None, *, by: StaffMember, at: datetime) -> None:
    """Give a message to a member of staff, or to nobody. Raises NotAllowed when that person cannot answer."""
    message = _locked(message_id)
    if message.assignee_id == assignee_id:
        db.session.rollback()
        return
    if assignee_id is not None and not can_take(db.session.get(StaffMember, assignee_id)):
        raise NotAllowed("Deze medewerker kan geen berichten beantwoorden. Kies iemand anders.")
    audit.record("message.assigned", subject=message, by=by, at=at, before=message.assignee_id, after=assignee_id)
    message.assignee_id, message.updated_at = assignee_id, at
    db.session.commit()


def add_note(message_id: int, text: str, *, by: StaffMember, at: datetime) -> None:
    """Write something down for colleagues; the resident never reads it. Sent twice in a row it is one note."""
    message = _locked(message_id)
    last = message.entries[-1] if message.entries else None
    if last is None or (last.kind, last.author_id, last.text) != (EntryKind.NOTE, by.id, text):
        message.entries.append(MessageEntry(kind=EntryKind.NOTE, author_id=by.id, text=text, at=at))
        message.updated_at = at
        audit.record("message.noted", subject=message, by=by, at=at)
    db.session.commit()


def answer_message(message_id: int, text: str, outcome: Outcome, *, by: StaffMember, at: datetime) -> None:
    """Answer the resident by mail and close the message with what came of it. Raises NotAllowed."""
    change_status(message_id, MessageStatus.ANSWERED, text=text, outcome=outcome, by=by, at=at)


def change_status(
    message_id: int,
    to: MessageStatus,
    *,
    by: StaffMember,
    at: datetime,
    text: str = "",
    outcome: Outcome | None = None,
) -> None:
    """Take one step of the workflow, and mail the text to the resident where the step asks for it.

    Raises NotAllowed, with the reason in Dutch, when the step may not be taken or lacks an outcome, text or reason.
    """
    message = _locked(message_id)
    administers = by.may(Right.ADMINISTER)
    refused = workflow.refusal(message.status, to, outcome=outcome, text=text, administers=administers)
    if refused:
        raise NotAllowed(refused)
    before = message.status
    move(message, to, outcome=outcome, at=at)
    _write_down(message, text, by, at=at)
    audit.record(f"message.{to}", subject=message, by=by, at=at, before=before, outcome=message.outcome)
    db.session.commit()


def can_take(member: StaffMember | None) -> bool:
    """Whether a message can be given to this member of staff."""
    if member is None or not member.active or member.leads_groups_only:
        return False
    return member.may(Right.ANSWER)


def _locked(message_id: int) -> Message:
    """The message, kept from others until the end of this transaction, so that two colleagues do not both answer."""
    message = db.session.scalar(Message.numbered(message_id).with_for_update(of=Message))
    if message is None:
        raise NotFound("message")
    return message


def _write_down(message: Message, text: str, by: StaffMember, *, at: datetime) -> None:
    is_mailed = bool(text) and message.status in workflow.TOLD
    kind = EntryKind.ANSWER if is_mailed else EntryKind.STATUS
    message.entries.append(MessageEntry(kind=kind, author_id=by.id, status=message.status, text=text, at=at))
    if is_mailed:
        outbox.enqueue(MAILS[message.status](message, text), at=at)
