"""Writing a newsletter."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.news.models import Article
from dordt.newsletters import services
from dordt.newsletters.models import Newsletter
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import rows
from dordt.staff.guard import member, requires
from dordt.staff.newsletters.compose_form import NewsletterForm
from dordt.staff.newsletters.room import NUMBER, bp, numbered

ARTICLES_OFFERED = 100


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def new() -> ResponseReturnValue:
    """An empty newsletter to write."""
    return _write(None)


@bp.route(f"/{NUMBER}/bewerken/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def edit(number: int) -> ResponseReturnValue:
    """Change a newsletter that has not been started."""
    newsletter = numbered(number)
    if not newsletter.can_be_edited:
        raise NotAllowed("Deze nieuwsbrief is al verstuurd of gestopt. U kunt hem niet meer veranderen.")
    return _write(newsletter)


def _write(newsletter: Newsletter | None) -> ResponseReturnValue:
    form = NewsletterForm(rows(Article.published(clock.now()).limit(ARTICLES_OFFERED)), newsletter)
    if form.validate_on_submit():
        at, by = clock.now(), member()
        content = form.content(at=at)
        if newsletter is None:
            number = services.create_newsletter(content, at=at, by=by).number
        else:
            number = newsletter.number
            services.edit_newsletter(number, content, at=at, by=by)
        flash("De nieuwsbrief is bewaard. Bekijk hieronder hoe hij wordt.", "ok")
        return redirect(url_for(".show", number=number), code=303)
    return render_template("staff/newsletters/edit.html", form=form, newsletter=newsletter), form.status
