"""Sending all of a newsletter again that failed, or of which nobody knows whether it arrived."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import DeliveryState
from dordt.newsletters.models import Newsletter
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import row_or_404
from dordt.staff.guard import member, requires
from dordt.staff.post import resending

bp = Blueprint("again", __name__, url_prefix="/nieuwsbrief")
NUMBER = "<int(max=2147483647):number>"


@bp.get(f"/{NUMBER}/opnieuw/")
@requires(Right.SEND_NEWSLETTER)
def confirm(number: int) -> ResponseReturnValue:
    """How many it is about and what may happen, before anything does."""
    newsletter, state = _started(number), _state(request.args.get("status"))
    return render_template(
        "staff/post/again.html",
        newsletter=newsletter,
        state=state,
        count=outbox.progress(newsletter.mail.id).get(state, 0) if newsletter.mail else 0,
    )


@bp.post(f"/{NUMBER}/opnieuw/")
@requires(Right.SEND_NEWSLETTER)
def resend(number: int) -> ResponseReturnValue:
    """Send them again."""
    require_csrf()
    newsletter, state = _started(number), _state(request.form.get("status"))
    count = resending.resend_newsletter(newsletter, state, by=member(), at=clock.now())
    if count:
        flash(f"{'1 e-mail gaat' if count == 1 else f'{count} e-mails gaan'} opnieuw weg.", "ok")
    else:
        flash("Er was niets meer om opnieuw te versturen. Er is niets veranderd.", "warning")
    return redirect(url_for("staff.newsletters.show", number=number), code=303)


def _started(number: int) -> Newsletter:
    return row_or_404(Newsletter.numbered(number).where(Newsletter.mail_id.is_not(None)))


def _state(given: str | None) -> DeliveryState:
    """Which of the two it is about; anything else is a page that does not exist."""
    if given not in list(RESENDABLE):
        abort(404)
    return DeliveryState(given)
