"""The section Post: deliveries, sending them again, suppressed addresses, and mail that came in."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer import labels
from dordt.mailer.inbound import mime
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import DeliveryState, InboundKind, InboundMail, MailKind, SuppressionCause
from dordt.mailer.suppression import list as suppression_list
from dordt.newsletters.models import Newsletter
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.links import without_tokens
from dordt.shared.problems import ChangedMeanwhile
from dordt.shared.reading import count, page, page_of_many, row_or_404, rows
from dordt.shared.requests import whole_number
from dordt.staff import pages
from dordt.staff.access import may, member
from dordt.staff.pages import PAGE_POLICY, framed
from dordt.staff.post import listing, replies, services
from dordt.staff.post.forms import AddSuppressionForm

bp = Blueprint("post", __name__, url_prefix="/post")
DELIVERY = "<int:delivery_id>"
SUPPRESSION = "/geblokkeerd/<int:suppression_id>"
INBOUND = "/binnengekomen/<int:mail_id>"
RESEND_NEWSLETTER = "/nieuwsbrief/<int:newsletter_id>/opnieuw/"
READABLE = {MailKind.NEWSLETTER, MailKind.GROUP}  # what everybody got; other mail is between us and one resident
NEWSLETTERS_OFFERED = 50
WAITING = "wacht"


@bp.get("/")
def index() -> ResponseReturnValue:
    """Every delivery; filters stand in the address, the search in the session."""
    chosen, search, at = listing.DeliveryFilter.from_query(request.args), pages.kept("post"), clock.now()
    may_see = may(Right.SEE_CONTACT_DETAILS)
    query = listing.deliveries(chosen, words=search, with_addresses=may_see, at=at)
    return render_template(
        "staff/post/index.html",
        page=page_of_many(query, request.args.get("pagina")),
        chosen=chosen,
        counts=listing.counts(chosen, at=at),
        newsletters=rows(listing.newsletters(chosen, most=NEWSLETTERS_OFFERED)),
        search=search,
        most_counted=listing.MOST_COUNTED,
        state_labels=listing.GROUP_LABELS | labels.DELIVERY_LABELS,
        kind_labels=labels.KIND_LABELS,
        period_labels=listing.PERIOD_LABELS,
        order_labels=listing.ORDER_LABELS,
    )


@bp.post("/zoeken/")
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    pages.keep("post")
    chosen: dict[str, Any] = listing.DeliveryFilter.from_query(request.args).query
    return redirect(url_for(".index", **chosen), code=303)


@bp.get(f"/{DELIVERY}/")
def show(delivery_id: int) -> ResponseReturnValue:
    """One delivery: its state, what the relay said, what came of it, and what was written."""
    row_or_404(listing.one(delivery_id))
    audit.record_reading(member().id, subject=("delivery", delivery_id), at=clock.now())
    delivery = row_or_404(listing.one(delivery_id))
    template = render_template(
        "staff/post/show.html",
        delivery=delivery,
        text=without_tokens(delivery.mail.text),
        is_readable=_is_readable(delivery.mail.kind),
        can_resend=may(Right.ANSWER) and services.is_resendable(delivery),
        events=rows(listing.events(delivery_id)),
        suppressions=rows(suppression_list.covering(delivery.address_key)),
        inbound=rows(InboundMail.about(delivery_id)),
        advice=labels.STATE_ADVICE[delivery.state],
        state_labels=labels.DELIVERY_LABELS,
        kind_labels=labels.KIND_LABELS,
        event_labels=labels.EVENT_LABELS,
        scope_labels=labels.SCOPE_LABELS,
        cause_labels=labels.CAUSE_LABELS,
        inbound_labels=labels.INBOUND_LABELS,
        is_uncertain=delivery.state is DeliveryState.UNCERTAIN,
    )
    return template, 200, {"Content-Security-Policy": PAGE_POLICY}


@bp.get(f"/{DELIVERY}/html/")
def html(delivery_id: int) -> Response:
    """The HTML part, at an address of its own."""
    mail = row_or_404(listing.one(delivery_id)).mail
    if not _is_readable(mail.kind):
        abort(403)
    return framed(mail.html)


@bp.post(f"/{DELIVERY}/opnieuw/")
def resend(delivery_id: int) -> ResponseReturnValue:
    """Send once more what was refused, or of which nobody knows whether it arrived."""
    require_csrf()
    row_or_404(listing.one(delivery_id))
    if services.resend(delivery_id, by=member(), at=clock.now()):
        flash("De e-mail gaat opnieuw weg.", "ok")
    else:
        flash("Deze e-mail is intussen al aangekomen, gestopt of opnieuw op weg. Er is niets veranderd.", "warning")
    return redirect(url_for(".show", delivery_id=delivery_id), code=303)


def _is_readable(kind: MailKind) -> bool:
    return kind in READABLE or may(Right.SEE_CONTACT_DETAILS)


@bp.get(RESEND_NEWSLETTER)
def confirm_resend_newsletter(newsletter_id: int) -> ResponseReturnValue:
    """How many deliveries it is about and what may happen, before anything does."""
    return _resend_page(newsletter_id, _resendable(request.args.get("status")))


def _resend_page(newsletter_id: int, state: DeliveryState) -> str:
    newsletter = _started(newsletter_id)
    return render_template(
        "staff/post/resend_newsletter.html",
        newsletter=newsletter,
        state=state,
        count=outbox.progress(newsletter.mail.id).get(state, 0) if newsletter.mail else 0,
    )


@bp.post(RESEND_NEWSLETTER)
def resend_newsletter(newsletter_id: int) -> ResponseReturnValue:
    """Send all of a newsletter again that failed, or of which nobody knows whether it arrived."""
    require_csrf()
    newsletter, state = _started(newsletter_id), _resendable(request.form.get("status"))
    seen = whole_number(request.form.get("seen")) or 0
    try:
        resent = services.resend_newsletter(newsletter, state, by=member(), at=clock.now(), seen=seen)
    except ChangedMeanwhile as refused:
        flash(str(refused), "warning")
        return _resend_page(newsletter_id, state), 422
    if resent:
        flash(f"{'1 e-mail gaat' if resent == 1 else f'{resent} e-mails gaan'} opnieuw weg.", "ok")
    else:
        flash("Er was niets meer om opnieuw te versturen. Er is niets veranderd.", "warning")
    return redirect(url_for("staff.newsletters.show", newsletter_id=newsletter_id), code=303)


def _started(newsletter_id: int) -> Newsletter:
    return row_or_404(Newsletter.numbered(newsletter_id).where(Newsletter.mail_id.is_not(None)))


def _resendable(given: str | None) -> DeliveryState:
    if given not in list(RESENDABLE):
        abort(404)
    return DeliveryState(given)


@bp.get("/geblokkeerd/")
def suppressions() -> ResponseReturnValue:
    """All suppressed addresses; the filter stands in the address, the search in the session."""
    cause = request.args.get("oorzaak", "")
    words = pages.kept("suppressions") if may(Right.SEE_CONTACT_DETAILS) else ""
    return render_template(
        "staff/post/suppressions.html",
        page=page(suppression_list.listed(cause=cause, words=words), request.args.get("pagina")),
        counts=suppression_list.counts(),
        cause=cause if cause in list(SuppressionCause) else "",
        search=words,
        scope_labels=labels.SCOPE_LABELS,
        cause_labels=labels.CAUSE_LABELS,
    )


@bp.post("/geblokkeerd/zoeken/")
def search_suppressions() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    pages.keep("suppressions")
    return redirect(url_for(".suppressions", oorzaak=request.args.get("oorzaak")), code=303)


@bp.route("/geblokkeerd/nieuw/", methods=["GET", "POST"])
def new_suppression() -> ResponseReturnValue:
    form = AddSuppressionForm()
    if form.validate_on_submit():
        address, scope, reason = form.values()
        if services.suppress(address, scope, reason, by=member(), at=clock.now()):
            flash("Geblokkeerd. Vanaf nu gaat deze e-mail er niet meer heen.", "ok")
        else:
            flash("Dit was al geblokkeerd. Er is niets veranderd.", "warning")
        return redirect(url_for(".suppressions"), code=303)
    return render_template("staff/post/new_suppression.html", form=form), form.status


@bp.get(f"{SUPPRESSION}/")
def show_suppression(suppression_id: int) -> ResponseReturnValue:
    return render_template(
        "staff/post/show_suppression.html",
        suppression=row_or_404(suppression_list.numbered(suppression_id)),
        scope_labels=labels.SCOPE_LABELS,
        cause_labels=labels.CAUSE_LABELS,
    )


@bp.post(f"{SUPPRESSION}/vrijgeven/")
def release_suppression(suppression_id: int) -> ResponseReturnValue:
    require_csrf()
    found = row_or_404(suppression_list.numbered(suppression_id))
    if services.release(found, by=member(), at=clock.now()):
        flash("Vrijgegeven. Nieuwe e-mail gaat er weer heen.", "ok")
    else:
        flash("Een collega gaf dit adres net al vrij.", "warning")
    return redirect(url_for(".suppressions"), code=303)


@bp.get("/binnengekomen/")
def inbound() -> ResponseReturnValue:
    """All mail that came in, what waits for somebody on top."""
    kind, is_waiting = request.args.get("soort", ""), request.args.get("status") == WAITING
    query = InboundMail.waiting() if is_waiting else InboundMail.listed()
    if kind in list(InboundKind):
        query = query.where(InboundMail.kind == InboundKind(kind))
    return render_template(
        "staff/post/inbound.html",
        page=page(query, request.args.get("pagina")),
        waiting=count(InboundMail.waiting()),
        chosen=WAITING if is_waiting else None,
        kind=kind if kind in list(InboundKind) else "",
        kind_labels=labels.INBOUND_LABELS,
    )


@bp.get(f"{INBOUND}/")
def show_inbound(mail_id: int) -> ResponseReturnValue:
    """One mail as text; what a stranger made of HTML, pictures or files is not shown."""
    row_or_404(InboundMail.numbered(mail_id))
    audit.record_reading(member().id, subject=("inbound_mail", mail_id), at=clock.now())
    mail = row_or_404(InboundMail.numbered(mail_id))
    preview = mime.preview(mail.raw)
    return render_template(
        "staff/post/show_inbound.html",
        mail=mail,
        preview=preview,
        messages=replies.messages_for(mail, preview) if may(Right.ANSWER) and preview.text else [],
        kind_labels=labels.INBOUND_LABELS,
    )


@bp.post(f"{INBOUND}/bij-bericht/")
def put_with_message(mail_id: int) -> ResponseReturnValue:
    """What a resident mailed goes under their message, as if they had written it there."""
    require_csrf()
    mail = row_or_404(InboundMail.numbered(mail_id))
    preview = mime.preview(mail.raw)
    offered = {message.id for message in replies.messages_for(mail, preview)}
    message_id = whole_number(request.form.get("message"))
    if message_id not in offered:
        abort(404)
    if services.put_with_message(mail_id, message_id, preview.text, by=member(), at=clock.now()):
        flash("De e-mail staat nu bij dit bericht. Het bericht is weer open als het gesloten was.", "ok")
    else:
        flash("Deze e-mail was al afgehandeld. Er is niets veranderd.", "warning")
    return redirect(url_for("staff.contact.message", message_id=message_id), code=303)


@bp.post(f"{INBOUND}/afgehandeld/")
def handle_inbound(mail_id: int) -> ResponseReturnValue:
    require_csrf()
    services.handle_inbound(row_or_404(InboundMail.numbered(mail_id)), by=member(), at=clock.now())
    flash("Afgehandeld. U vindt deze e-mail terug onder aan de lijst.", "ok")
    return redirect(url_for(".inbound"), code=303)


@bp.post(f"{INBOUND}/heropenen/")
def reopen_inbound(mail_id: int) -> ResponseReturnValue:
    require_csrf()
    services.reopen_inbound(row_or_404(InboundMail.numbered(mail_id)), by=member(), at=clock.now())
    flash("Deze e-mail staat weer boven aan de lijst.", "ok")
    return redirect(url_for(".show_inbound", mail_id=mail_id), code=303)
