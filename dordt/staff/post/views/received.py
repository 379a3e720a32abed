"""Mail that came in at our return addresses: what nobody understood waits here for a member of staff."""

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.inbound import mime
from dordt.mailer.labels import INBOUND_LABELS
from dordt.mailer.models import InboundKind, InboundMail
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import count, page, row_or_404
from dordt.staff.guard import member, requires
from dordt.staff.post import handling

bp = Blueprint("received", __name__, url_prefix="/binnengekomen")
NUMBER = "<int(max=2147483647):mail_id>"


@bp.get("/")
@requires(Right.SEE_CONTACT_DETAILS)
def index() -> ResponseReturnValue:
    """All of it, what waits for somebody on top."""
    kind = request.args.get("soort", "")
    query = handling.listed()
    if kind in list(InboundKind):
        query = query.where(InboundMail.kind == InboundKind(kind))
    return render_template(
        "staff/post/received.html",
        page=page(query, request.args.get("pagina")),
        waiting=count(handling.waiting()),
        kind=kind if kind in list(InboundKind) else "",
        kind_labels=INBOUND_LABELS,
    )


@bp.get(f"/{NUMBER}/")
@requires(Right.SEE_CONTACT_DETAILS)
def show(mail_id: int) -> ResponseReturnValue:
    """One mail as text; what a stranger made of HTML, pictures or files is not shown."""
    row_or_404(_numbered(mail_id))
    audit.record_reading(member().id, subject=("inbound_mail", mail_id), at=clock.now())
    mail = row_or_404(_numbered(mail_id))
    return render_template(
        "staff/post/received_show.html", mail=mail, preview=mime.preview(mail.raw), kind_labels=INBOUND_LABELS
    )


@bp.post(f"/{NUMBER}/afgehandeld/")
@requires(Right.SEE_CONTACT_DETAILS)
def handle(mail_id: int) -> ResponseReturnValue:
    """Put it aside."""
    require_csrf()
    handling.handle(row_or_404(_numbered(mail_id)), by=member(), at=clock.now())
    flash("Afgehandeld. U vindt deze e-mail terug onder aan de lijst.", "ok")
    return redirect(url_for(".index"), code=303)


@bp.post(f"/{NUMBER}/heropenen/")
@requires(Right.SEE_CONTACT_DETAILS)
def reopen(mail_id: int) -> ResponseReturnValue:
    """Take it up again."""
    require_csrf()
    handling.reopen(row_or_404(_numbered(mail_id)), by=member(), at=clock.now())
    flash("Deze e-mail staat weer boven aan de lijst.", "ok")
    return redirect(url_for(".show", mail_id=mail_id), code=303)


def _numbered(mail_id: int) -> "sa.Select[InboundMail]":
    return sa.select(InboundMail).where(InboundMail.id == mail_id)
