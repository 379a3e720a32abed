"""The composer: writing a newsletter block by block, with how it will look beside it."""

from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters.content.block_content import content_of
from dordt.newsletters.content.services import editing
from dordt.newsletters.content.services.editing import ApprovedMeanwhile, EditedMeanwhile
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared import clock
from dordt.shared.formats import dutch_time
from dordt.shared.forms import require_csrf
from dordt.shared.problems import NotAllowed
from dordt.staff.guard import member, requires
from dordt.staff.mail_frame import PAGE_POLICY
from dordt.staff.newsletters import drafting, showing
from dordt.staff.newsletters.compose_form import NewsletterForm
from dordt.staff.newsletters.offers import meetings_to_choose
from dordt.staff.newsletters.room import NUMBER, bp, numbered
from dordt.staff.newsletters.views import readers

TOO_LATE = "Deze nieuwsbrief is al verstuurd of gestopt. U kunt hem niet meer veranderen."
REOPEN = "heropen"  # the button of who was told that it was approved meanwhile


@bp.route(f"/{NUMBER}/bewerken/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def edit(number: int) -> ResponseReturnValue:
    """Write on a draft; of one that is approved, ask first. Each button keeps all that was typed."""
    newsletter = numbered(number)
    if request.method == "POST":
        return _take(_form(newsletter), newsletter)
    if not newsletter.can_be_edited:
        raise NotAllowed(TOO_LATE)
    if newsletter.state != NewsletterState.DRAFT:
        return render_template("staff/newsletters/reopen.html", newsletter=newsletter)
    return _page(_form(newsletter), newsletter)


@bp.post(f"/{NUMBER}/heropenen/")
@requires(Right.SEND_NEWSLETTER)
def reopen(number: int) -> ResponseReturnValue:
    """Make it a draft again, so that it can be changed."""
    require_csrf()
    editing.reopen_newsletter(number, at=clock.now(), by=member())
    flash("De goedkeuring is vervallen. U kunt de nieuwsbrief nu veranderen.", "ok")
    return redirect(url_for(".edit", number=number), code=303)


@bp.post(f"/{NUMBER}/bewaren/")
@requires(Right.SEND_NEWSLETTER)
def keep(number: int) -> ResponseReturnValue:
    """The same for composer.js: keep what was typed, do what a button says, and answer with what to show."""
    newsletter = numbered(number)
    form = _form(newsletter)
    if not form.validate():
        return jsonify(problems=form.problems), form.status
    try:
        target = _keep(form, newsletter)
    except (EditedMeanwhile, ApprovedMeanwhile) as overtaken:
        return jsonify(overtaken=str(overtaken)), 409
    except NotAllowed as refused:
        return jsonify(problems=[("", str(refused))]), 422
    stored = numbered(number)
    parts = showing.parts(stored, _form(stored, formdata=None), is_whole=bool(_button()), at=clock.now())
    return jsonify(version=stored.edit_version, kept=_kept_words(), target=target, parts=parts)


def _take(form: NewsletterForm, newsletter: Newsletter) -> ResponseReturnValue:
    """Keep what was posted and go on where the editor was, or show it again with what is wrong."""
    if not form.validate():
        return _page(form, newsletter, form.status)
    try:
        if _button() == REOPEN:
            editing.reopen_newsletter(newsletter.number, at=clock.now(), by=member())
        target = _keep(form, newsletter)
    except (EditedMeanwhile, ApprovedMeanwhile) as overtaken:
        return _page(form, newsletter, 409, overtaken)
    except NotAllowed as refused:
        form.form_errors.append(str(refused))
        return _page(form, newsletter, 409)
    if _button() == drafting.SHOW:
        flash("De nieuwsbrief is bewaard. Bekijk hieronder hoe hij wordt.", "ok")
        return redirect(url_for(".show", number=newsletter.number), code=303)
    if _button() in {"", drafting.SAVE}:
        flash(f"{_kept_words()}.", "ok")
    there = url_for(
        ".edit",
        number=newsletter.number,
        zoek=form.search.data or None,
        beeld=form.picture_search.data or None,
        voorbeeld=showing.look_after(_button()),
        _anchor=target or None,
    )
    return redirect(there, code=303)


def _keep(form: NewsletterForm, newsletter: Newsletter) -> str:
    """Store the form as it is after the button; returns where on the page the editor goes on. Raises NotAllowed."""
    at = clock.now()
    drafting.keep_uploads(form, at=at)
    after = drafting.arranged(form, editing.removed_from(newsletter), _button(), at=at)
    content = replace(form.content(), blocks=after.blocks)
    opened = form.opened_version
    editing.save_draft(newsletter.number, content, after.removed, opened=opened, at=at, by=member())
    return after.target


def _page(
    form: NewsletterForm, newsletter: Newsletter, status: int = 200, overtaken: NotAllowed | None = None
) -> ResponseReturnValue:
    """The composer; who was overtaken also sees what is kept now, and replaces it by saving once more."""
    stored = numbered(newsletter.number)
    if isinstance(overtaken, EditedMeanwhile):
        form.edit_version.data = str(stored.edit_version)
    page = render_template(
        "staff/newsletters/edit.html",
        **showing.whole(stored, form, at=clock.now()),
        overtaken_by=stored if isinstance(overtaken, EditedMeanwhile) else None,
        is_approved=isinstance(overtaken, ApprovedMeanwhile),
    )
    return page, status, {"Content-Security-Policy": PAGE_POLICY}


def _form(newsletter: Newsletter, **given: Any) -> NewsletterForm:
    """As it was posted, or as it is kept."""
    choices = readers.offered(newsletter), meetings_to_choose(newsletter, at=clock.now())
    return NewsletterForm(content_of(newsletter), newsletter.edit_version, *choices, **given)


def _button() -> str:
    return request.form.get("actie", "")


def _kept_words() -> str:
    return f"Bewaard om {dutch_time(clock.now())}"
