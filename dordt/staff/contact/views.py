"""The inbox, one message, and what staff do with it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.contact import files, services, workflow
from dordt.contact.labels import OUTCOME_LABELS, label_of
from dordt.contact.models import Message, MessageFile, MessageStatus
from dordt.drafts.models import Draft
from dordt.places import services as places
from dordt.shared import clock, storage
from dordt.shared.forms import DordtForm, SeenForm
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import page, row_or_404, rows
from dordt.shared.requests import whole_number
from dordt.staff import pages
from dordt.staff.access import may, member
from dordt.staff.contact.forms import (
    AddNoteForm,
    AnswerMessageForm,
    AssignMessageForm,
    ChangeStatusForm,
    InboxFilterForm,
)
from dordt.staff.contact.inbox import inbox_messages, inbox_rows, read_by, thread_of
from dordt.staff.drafts import keeping
from dordt.staff.drafts.keeping import Drafted
from dordt.staff.post.replies import mails_for
from dordt.workgroups.labels import STATE_LABELS
from dordt.workgroups.models import Membership

bp = Blueprint("contact", __name__, url_prefix="/berichten")

ONE = "/<int:message_id>"
keeping.register(
    Drafted("contact.answer", "message", "contact.message", lambda _id, typed: AnswerMessageForm(formdata=typed)),
    Drafted("contact.note", "message", "contact.message", lambda _id, typed: AddNoteForm(formdata=typed)),
    Drafted(
        "contact.change_status", "message", "contact.message", lambda _id, typed: ChangeStatusForm((), formdata=typed)
    ),
)


@bp.get("/")
def inbox() -> ResponseReturnValue:
    """The list; filters, order and page stand in the address, search words in the session."""
    filters = _filters()
    words, sees_details, me = pages.kept("messages"), may(Right.SEE_CONTACT_DETAILS), member().id
    today = clock.now().astimezone(clock.AMSTERDAM).date()
    named = Message.named(words, in_details=sees_details)
    query = inbox_messages(filters.data, words, named, member_id=me, sees_details=sees_details, today=today)
    found = page(query, request.args.get("pagina"))
    read = rows(read_by(me, found.items))
    return render_template(
        "staff/contact/inbox.html",
        page=found,
        rows=inbox_rows(found.items, read, places=filters.places, today=today, sees_details=sees_details),
        filters=filters,
        words=words,
        is_named=named is not None,
    )


@bp.post("/zoeken/")
def search() -> ResponseReturnValue:
    """Keep what is searched for; empty words, or the button that says so, end the search."""
    pages.keep("messages")
    return redirect(url_for(".inbox", **_filters().chosen), code=303)


@bp.get(f"{ONE}/")
def message(message_id: int) -> ResponseReturnValue:
    """One message, with its thread and what may be done now."""
    _note_reading(message_id)
    return _page(message_id)


@bp.get(f"{ONE}/bestand/<int:file_id>/")
def file(message_id: int, file_id: int) -> ResponseReturnValue:
    """A file that the resident sent, to save: a browser never shows it on our site."""
    _note_reading(message_id)
    found = row_or_404(MessageFile.of_message(message_id, file_id))
    try:
        content = storage.open_file(files.path_of(found.key))
    except FileNotFoundError:
        abort(404)
    return send_file(content, found.content_type, as_attachment=True, download_name=found.filename)


@bp.post(f"{ONE}/toewijzen/")
def assign(message_id: int) -> ResponseReturnValue:
    form = _assign_form(row_or_404(Message.numbered(message_id)).assignee)
    if form.validate_on_submit() and _is_done(
        form, lambda: services.assign_message(message_id, form.chosen(member().id), by=member(), at=clock.now())
    ):
        return _back(message_id, "De toewijzing is bewaard.")
    return _page(message_id, assign_form=form), form.status


@bp.post(f"{ONE}/notitie/")
def note(message_id: int) -> ResponseReturnValue:
    form = AddNoteForm()
    if form.validate_on_submit() and _is_done(
        form, lambda: services.add_note(message_id, form.note.data or "", by=member(), at=clock.now())
    ):
        return _back(message_id, "De notitie is bewaard.")
    return _page(message_id, note_form=form), form.status


@bp.post(f"{ONE}/antwoord/")
def answer(message_id: int) -> ResponseReturnValue:
    """Answer the resident and close the message."""
    form = AnswerMessageForm()
    if form.validate_on_submit() and _is_done(
        form,
        lambda: services.answer_message(
            message_id, form.answer.data or "", form.outcome, by=member(), at=clock.now(), seen=_seen(form)
        ),
    ):
        return _back(message_id, "Het bericht is beantwoord." if form.answer.data else "Het bericht is gesloten.")
    return _page(message_id, answer_form=form), form.status


@bp.post(f"{ONE}/status/")
def change_status(message_id: int) -> ResponseReturnValue:
    current = row_or_404(Message.numbered(message_id)).status
    form = ChangeStatusForm(_steps_from(current))
    if form.validate_on_submit() and _is_done(
        form,
        lambda: services.change_status(
            message_id,
            MessageStatus(form.step.data),
            text=form.text.data or "",
            outcome=form.chosen_outcome,
            by=member(),
            at=clock.now(),
            seen=_seen(form),
        ),
    ):
        return _back(message_id, "De status is bijgewerkt.")
    return _page(message_id, status_form=form), form.status


def _filters() -> InboxFilterForm:
    return InboxFilterForm(request.args, places.neighbourhood_choices(with_other_places=True), places.topic_choices())


def _note_reading(message_id: int) -> None:
    row_or_404(Message.numbered(message_id))
    audit.record_reading(member().id, subject=("message", message_id), at=clock.now())


def _page(message_id: int, **tried: DordtForm) -> str:
    overtaken = next((form for form in tried.values() if isinstance(form, SeenForm) and form.is_overtaken), None)
    if overtaken:
        _note_reading(message_id)  # what came in between stands on this page
    found = row_or_404(Message.numbered(message_id))
    drafts = keeping.mine("message", message_id)
    seen = _seen(overtaken) if overtaken else _before_newer(found, drafts)
    sees_details, forms = may(Right.SEE_CONTACT_DETAILS), {**_forms(found, drafts), **tried}
    for form in forms.values():
        if isinstance(form, SeenForm):
            form.note_seen(found.entries[-1].id if found.entries else 0)
    shown_with = [form.seen.data for form in (*tried.values(), *forms.values()) if isinstance(form, SeenForm)]
    return render_template(
        "staff/contact/message.html",
        message=found,
        thread=list(thread_of(found, sees_details=sees_details, seen=seen)),
        files=list(found.files),
        place=places.place_name(found.neighbourhood),
        status_label=label_of(found),
        label_of=label_of,
        outcome_label=OUTCOME_LABELS[found.outcome] if found.outcome else None,
        is_overdue=found.is_overdue(clock.now().astimezone(clock.AMSTERDAM).date()),
        sees_details=sees_details,
        **(_others(found) if sees_details else {}),
        can_answer=may(Right.CLOSE) and MessageStatus.ANSWERED in workflow.STEPS[found.status],
        steps=_steps_from(found.status),
        seen=next(iter(shown_with), None),
        **forms,
    )


def _seen(form: SeenForm) -> int:
    """The last entry that stood on the page with this form; a page that names none showed none."""
    return whole_number(form.seen.data) or 0


def _before_newer(found: Message, drafts: dict[str, Draft]) -> int | None:
    """The id before what others wrote since I left a text here, if anybody did."""
    saved_at = max((draft.saved_at for draft in drafts.values() if draft.typed), default=None)
    newer = (entry for entry in found.entries if saved_at and entry.at > saved_at and entry.author_id != member().id)
    return next((entry.id - 1 for entry in newer), None)


def _others(found: Message) -> dict[str, Any]:
    """What else we know of this person, for those who may see that."""
    elsewhere = Message.of_address(found.email_key).where(Message.id != found.id).limit(20)
    return {
        "other_messages": rows(elsewhere),
        "memberships": rows(Membership.of_address(found.email_key)),
        "membership_labels": STATE_LABELS,
        "mails": mails_for(found),
    }


def _forms(found: Message, drafts: dict[str, Draft]) -> dict[str, DordtForm]:
    """What this member may do with this message now."""
    forms: dict[str, DordtForm] = {}
    steps = _steps_from(found.status)
    answer, change = drafts.get("contact.answer"), drafts.get("contact.change_status")
    if may(Right.ASSIGN):
        forms["assign_form"] = _assign_form(found.assignee)
    if may(Right.ANSWER):
        forms["note_form"] = AddNoteForm(draft=drafts.get("contact.note"))
        if answer or (may(Right.CLOSE) and MessageStatus.ANSWERED in workflow.STEPS[found.status]):
            forms["answer_form"] = AnswerMessageForm(draft=answer)
        if steps or change:
            forms["status_form"] = ChangeStatusForm(steps, draft=change)
    return forms


def _steps_from(current: MessageStatus) -> list[MessageStatus]:
    """The steps besides answering that this member may take, in the order of the statuses."""
    allowed = [status for status in MessageStatus if status in workflow.STEPS[current]]
    if not may(Right.CLOSE):
        allowed = [status for status in allowed if workflow.TYPES[status] is workflow.StatusType.OPEN]
    if current is MessageStatus.UNWANTED and not may(Right.ADMINISTER):
        return []
    return [status for status in allowed if status is not MessageStatus.ANSWERED]


def _assign_form(current: StaffMember | None) -> AssignMessageForm:
    """Who can take a message, and whoever has it now as they are: what was not touched stays as it is."""
    offered = [each for each in rows(StaffMember.listed()) if services.can_take(each) or each is current]
    return AssignMessageForm([(str(each.id), _called(each)) for each in offered], current.id if current else None)


def _called(member: StaffMember) -> str:
    if services.can_take(member):
        return member.name
    return f"{member.name} ({'kan geen berichten beantwoorden' if member.active else 'account gesloten'})"


def _is_done(form: DordtForm, step: Callable[[], None]) -> bool:
    """Take a step; when the rules refuse it, the form shows why, with all that was typed."""
    try:
        step()
    except NotAllowed as refused:
        form.refuse(refused)
        return False
    return True


def _back(message_id: int, text: str) -> ResponseReturnValue:
    flash(text)
    return redirect(url_for(".message", message_id=message_id), code=303)
