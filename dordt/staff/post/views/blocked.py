"""The addresses that get no mail: why, since when, and letting them go again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.mailer.labels import CAUSE_LABELS, SCOPE_LABELS
from dordt.mailer.models import SuppressionCause
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page, row_or_404
from dordt.staff import searching
from dordt.staff.guard import may, member, requires
from dordt.staff.post import blocking
from dordt.staff.post.forms import AddSuppressionForm

bp = Blueprint("blocked", __name__, url_prefix="/geblokkeerd")
NUMBER = "<int(max=2147483647):suppression_id>"


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """All of them; the filter stands in the address, the search in the session."""
    cause = request.args.get("oorzaak", "")
    words = searching.kept("blocked") if may(Right.SEE_CONTACT_DETAILS) else ""
    return render_template(
        "staff/post/blocked.html",
        page=page(suppression_list.listed(cause=cause, words=words), request.args.get("pagina")),
        counts=suppression_list.counts(),
        cause=cause if cause in list(SuppressionCause) else "",
        search=words,
        scope_labels=SCOPE_LABELS,
        cause_labels=CAUSE_LABELS,
    )


@bp.post("/zoeken/")
@requires(Right.SEE_CONTACT_DETAILS)
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    searching.keep("blocked")
    return redirect(url_for(".index", oorzaak=request.args.get("oorzaak")), code=303)


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEE_CONTACT_DETAILS)
def new() -> ResponseReturnValue:
    """Block an address or a whole domain."""
    form = AddSuppressionForm()
    if form.validate_on_submit():
        address, scope, reason = form.wish()
        if blocking.block(address, scope, reason, by=member(), at=clock.now()):
            flash("Geblokkeerd. Vanaf nu gaat deze e-mail er niet meer heen.", "ok")
        else:
            flash("Dit was al geblokkeerd. Er is niets veranderd.", "warning")
        return redirect(url_for(".index"), code=303)
    return render_template("staff/post/blocked_new.html", form=form), form.status


@bp.get(f"/{NUMBER}/")
@requires(Right.READ)
def show(suppression_id: int) -> ResponseReturnValue:
    """One of them: where it came from, and what happens when it is released."""
    return render_template(
        "staff/post/blocked_show.html",
        suppression=row_or_404(suppression_list.numbered(suppression_id)),
        scope_labels=SCOPE_LABELS,
        cause_labels=CAUSE_LABELS,
    )


@bp.post(f"/{NUMBER}/vrijgeven/")
@requires(Right.SEE_CONTACT_DETAILS)
def release(suppression_id: int) -> ResponseReturnValue:
    """Let mail go there again."""
    require_csrf()
    found = row_or_404(suppression_list.numbered(suppression_id))
    if blocking.release(found, by=member(), at=clock.now()):
        flash("Vrijgegeven. Nieuwe e-mail gaat er weer heen.", "ok")
    else:
        flash("Een collega gaf dit adres net al vrij.", "warning")
    return redirect(url_for(".index"), code=303)
