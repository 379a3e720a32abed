"""Choosing how a new newsletter begins."""

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters import services
from dordt.newsletters.block_models import NewsletterTemplate
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import templates
from dordt.newsletters.content.services.templates import Beginning
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import row_or_404, rows
from dordt.staff.guard import member, requires
from dordt.staff.newsletters.room import bp, numbered

EARLIER_OFFERED = 12


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def new() -> ResponseReturnValue:
    """The ways to begin; each button makes the draft, and one writes on."""
    at = clock.now()
    if request.method == "POST":
        require_csrf()
        return _begin(_chosen(request.form.get("begin", ""), at=at), at=at)
    return render_template(
        "staff/newsletters/new.html",
        monthly=templates.monthly(at=at).content,
        templates=rows(NewsletterTemplate.all()),
        earlier=rows(Newsletter.in_room().limit(EARLIER_OFFERED)),
        state_words=STATE_LABELS,
    )


def _begin(beginning: Beginning, *, at: datetime) -> ResponseReturnValue:
    number = services.create_newsletter(beginning.content, at=at, by=member()).number
    if beginning.gone:
        flash(f"Niet overgenomen, want het bestaat niet meer: {', '.join(beginning.gone)}.", "warning")
    return redirect(url_for(".edit", number=number), code=303)


def _chosen(button: str, *, at: datetime) -> Beginning:
    """`leeg`, `maand`, `sjabloon:3` or `nieuwsbrief:7`."""
    way, _, name = button.partition(":")
    if way == "leeg":
        return Beginning(NewsletterContent(subject="", preheader=""))
    if way == "maand":
        return templates.monthly(at=at)
    if way == "sjabloon":
        return templates.of_template(row_or_404(NewsletterTemplate.numbered(_number(name))), at=at)
    if way != "nieuwsbrief":
        abort(400)
    return templates.copy_of(numbered(_number(name)), at=at)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
