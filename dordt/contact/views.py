"""The contact form, the thank-you page, and the private page of who wrote."""

from datetime import date

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from dordt.contact import services
from dordt.contact.forms import AddToMessageForm, WriteMessageForm
from dordt.contact.labels import OUTCOME_LABELS, label_of, sentence_of
from dordt.contact.models import Message, MessageEntry, MessageStatus
from dordt.contact.services import Receipt
from dordt.contact.workflow import StatusType, of_type
from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.database import reading
from dordt.shared.reading import rows

bp = Blueprint("contact", __name__)

SENT = "sent_message"


@bp.route("/contact/", methods=["GET", "POST"])
def write() -> ResponseReturnValue:
    with reading():
        form = WriteMessageForm(places.neighbourhood_choices(with_other_places=True), places.topic_choices())
    if form.validate_on_submit():
        receipt = services.send_message(form.submission(), at=clock.now())
        session[SENT] = [receipt.reference, receipt.reply_by_on.isoformat()]
        return redirect(url_for(".sent"), code=303)
    return render_template("contact/write.html", form=form), form.status


@bp.get("/contact/verzonden/")
def sent() -> ResponseReturnValue:
    """Thanks, with the reference for somebody who just sent something, in general words for all others."""
    return render_template("contact/sent.html", receipt=_receipt())


@bp.get("/bericht/<token>/")
def follow(token: str) -> ResponseReturnValue:
    """What became of a message, for whoever has the link."""
    return _private_page(services.find_by_token(token), token, AddToMessageForm())


@bp.post("/bericht/<token>/")
def add(token: str) -> ResponseReturnValue:
    form = AddToMessageForm()
    if form.validate_on_submit():
        services.add_to_message(token, form.text.data or "", at=clock.now())
        return redirect(url_for(".follow", token=token), code=303)
    return _private_page(services.find_by_token(token), token, form)


@bp.get("/bericht/<token>/kopie.txt")
def copy(token: str) -> ResponseReturnValue:
    """What was sent, as a text to keep (Wmebv: the sender of a message gets a copy of it)."""
    message = services.find_by_token(token)
    text = render_template("contact/copy.txt", message=message, place=places.place_name(message.neighbourhood))
    name = f"bericht-{message.reference}.txt"
    return text, {"Content-Type": "text/plain; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}


def _private_page(message: Message, token: str, form: AddToMessageForm) -> ResponseReturnValue:
    page = render_template(
        "contact/follow.html",
        form=form,
        token=token,
        message=message,
        entries=rows(MessageEntry.for_resident(message.id)),
        place=places.place_name(message.neighbourhood),
        status_label=label_of(message),
        status_sentence=sentence_of(message),
        outcome_label=OUTCOME_LABELS[message.outcome] if message.outcome else None,
        is_open=message.status in of_type(StatusType.OPEN),
        can_add=message.status is not MessageStatus.UNWANTED,
    )
    return page, form.status


def _receipt() -> Receipt | None:
    kept = session.get(SENT)
    return Receipt(kept[0], date.fromisoformat(kept[1])) if kept else None
