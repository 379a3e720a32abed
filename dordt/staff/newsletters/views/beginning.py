"""Choosing how a new newsletter begins."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters import services
from dordt.newsletters.content import NewsletterContent
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.staff.guard import member, requires
from dordt.staff.newsletters.room import bp


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def new() -> ResponseReturnValue:
    """The ways to begin; each button makes the draft, and one writes on."""
    if request.method == "POST":
        require_csrf()
        content = NewsletterContent(subject="", preheader="")
        number = services.create_newsletter(content, at=clock.now(), by=member()).number
        return redirect(url_for(".edit", number=number), code=303)
    return render_template("staff/newsletters/new.html")
