"""The post: every delivery, its attempts and the relay's words, and sending once more."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer import labels
from dordt.mailer.models import DeliveryState, MailKind
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page_of_many, row_or_404, rows
from dordt.shared.tokens import without_tokens
from dordt.staff import searching
from dordt.staff.guard import may, member, requires
from dordt.staff.mail_frame import PAGE_POLICY, framed
from dordt.staff.post import listing, resending

bp = Blueprint("post", __name__, url_prefix="/post")
NUMBER = "<int(max=2147483647):delivery_id>"
READABLE = {MailKind.NEWSLETTER, MailKind.GROUP}  # what everybody got; other mail is between us and one resident
NEWSLETTERS_OFFERED = 50


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Every delivery; filters stand in the address, the search in the session."""
    chosen, search, at = listing.Chosen.from_address(request.args), searching.kept("post"), clock.now()
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
        state_labels={listing.OPEN: "Moet nog weg"} | labels.DELIVERY_LABELS,
        kind_labels=labels.KIND_LABELS,
        period_labels=listing.PERIOD_LABELS,
        order_labels=listing.ORDER_LABELS,
    )


@bp.post("/zoeken/")
@requires(Right.READ)
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    searching.keep("post")
    chosen: dict[str, Any] = listing.Chosen.from_address(request.args).in_address
    return redirect(url_for(".index", **chosen), code=303)


@bp.get(f"/{NUMBER}/")
@requires(Right.READ)
def show(delivery_id: int) -> ResponseReturnValue:
    """One delivery: where it stands, what the relay said, what came of it, and what was written."""
    row_or_404(listing.one(delivery_id))
    audit.record_reading(member().id, subject=("delivery", delivery_id), at=clock.now())
    delivery = row_or_404(listing.one(delivery_id))
    template = render_template(
        "staff/post/show.html",
        delivery=delivery,
        text=without_tokens(delivery.mail.text),
        is_readable=_is_readable(delivery.mail.kind),
        can_resend=may(Right.ANSWER) and resending.is_possible(delivery),
        events=rows(listing.events(delivery_id)),
        suppressions=rows(suppression_list.covering(delivery.address_key)),
        received=rows(listing.received_about(delivery_id)),
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


@bp.get(f"/{NUMBER}/html/")
@requires(Right.READ)
def html(delivery_id: int) -> Response:
    """The HTML part, at an address of its own."""
    mail = row_or_404(listing.one(delivery_id)).mail
    if not _is_readable(mail.kind):
        abort(403)
    return framed(mail.html)


@bp.post(f"/{NUMBER}/opnieuw/")
@requires(Right.ANSWER)
def resend(delivery_id: int) -> ResponseReturnValue:
    """Send once more what was refused, or of which nobody knows whether it arrived."""
    require_csrf()
    row_or_404(listing.one(delivery_id))
    if resending.resend(delivery_id, by=member(), at=clock.now()):
        flash("De e-mail gaat opnieuw weg.", "ok")
    else:
        flash("Deze e-mail is intussen al aangekomen, gestopt of opnieuw op weg. Er is niets veranderd.", "warning")
    return redirect(url_for(".show", delivery_id=delivery_id), code=303)


def _is_readable(kind: MailKind) -> bool:
    return kind in READABLE or may(Right.SEE_CONTACT_DETAILS)
