"""The composer: how a newsletter begins, writing it block by block, and keeping it as a template."""

from dataclasses import replace
from datetime import datetime

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.block_kinds import BLOCK_TYPES
from dordt.newsletters.content.services import editing, starting_points
from dordt.newsletters.content.services.editing import ApprovedMeanwhile, EditedMeanwhile
from dordt.newsletters.content.services.starting_points import NameTaken, StartingPoint
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter, NewsletterState, NewsletterTemplate
from dordt.shared import clock
from dordt.shared.formats import dutch_time
from dordt.shared.forms import require_csrf
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import read_only, row_or_404, rows
from dordt.shared.requests import whole_number
from dordt.staff.access import member
from dordt.staff.newsletters import NEWSLETTER, bp, numbered
from dordt.staff.newsletters.composer import state
from dordt.staff.newsletters.composer.forms import NewsletterForm, TemplateForm
from dordt.staff.pages import PAGE_POLICY

EARLIER_SHOWN = 12
TEMPLATE = "<int:template_id>"
REOPEN = "reopen"  # the button of an editor whose newsletter was approved meanwhile
TOO_LATE = "Deze nieuwsbrief is al verstuurd of gestopt. U kunt hem niet meer veranderen."


@bp.route("/nieuw/", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The ways to begin; each button makes the draft, and the composer opens."""
    at = clock.now()
    if request.method == "POST":
        require_csrf()
        return _begin(_chosen(request.form.get("begin", ""), at=at), at=at)
    return render_template(
        "staff/newsletters/new.html",
        monthly=starting_points.monthly(at=at).content,
        templates=rows(NewsletterTemplate.all()),
        earlier=rows(Newsletter.newest_first().limit(EARLIER_SHOWN)),
        state_labels=STATE_LABELS,
    )


def _begin(start: StartingPoint, *, at: datetime) -> ResponseReturnValue:
    newsletter = editing.create_newsletter(start.content, at=at, by=member())
    if start.gone:
        flash(f"Niet overgenomen, want het bestaat niet meer: {', '.join(start.gone)}.", "warning")
    return redirect(url_for(".edit", newsletter_id=newsletter.id), code=303)


def _chosen(button: str, *, at: datetime) -> StartingPoint:
    """`blank`, `monthly`, `template:3` or `newsletter:7`."""
    way, _, name = button.partition(":")
    if way == "blank":
        return StartingPoint(NewsletterContent(subject="", preheader=""))
    if way == "monthly":
        return starting_points.monthly(at=at)
    if way == "template":
        return starting_points.of_template(row_or_404(NewsletterTemplate.numbered(whole_number(name) or 0)), at=at)
    if way != "newsletter":
        abort(400)
    return starting_points.copy_of(numbered(whole_number(name) or 0), at=at)


@bp.route(f"/{NEWSLETTER}/bewerken/", methods=["GET", "POST"])
def edit(newsletter_id: int) -> ResponseReturnValue:
    """Write on a draft; of one that is approved, ask first. Each button keeps all that was typed."""
    newsletter = numbered(newsletter_id)
    if request.method == "POST":
        return _take(state.form_of(newsletter, at=clock.now()), newsletter)
    if not newsletter.can_be_edited:
        raise NotAllowed(TOO_LATE)
    if newsletter.state != NewsletterState.DRAFT:
        return render_template("staff/newsletters/reopen.html", newsletter=newsletter)
    return _page(state.form_of(newsletter, at=clock.now()), newsletter)


@bp.post(f"/{NEWSLETTER}/heropenen/")
def reopen(newsletter_id: int) -> ResponseReturnValue:
    require_csrf()
    editing.reopen_newsletter(newsletter_id, at=clock.now(), by=member())
    flash("De goedkeuring is vervallen. U kunt de nieuwsbrief nu veranderen.", "ok")
    return redirect(url_for(".edit", newsletter_id=newsletter_id), code=303)


@bp.post(f"/{NEWSLETTER}/bewaren/")
def keep(newsletter_id: int) -> ResponseReturnValue:
    """The same for composer.js: keep what was typed, do what a button says, and answer with what to show."""
    newsletter = numbered(newsletter_id)
    form = state.form_of(newsletter, at=clock.now())
    if not form.validate():
        return jsonify(problems=form.problems), form.status
    try:
        target = _keep(form, newsletter)
    except (EditedMeanwhile, ApprovedMeanwhile) as overtaken:
        return jsonify(overtaken=str(overtaken)), 409
    except NotAllowed as refused:
        return jsonify(problems=[("", str(refused))]), 422
    with read_only():
        stored, at = numbered(newsletter_id), clock.now()
        form = state.form_of(stored, at=at, formdata=None)
        fragments = state.fragments(stored, form, is_whole=bool(_button()), at=at)
        return jsonify(version=stored.edit_version, kept=_kept_words(), target=target, fragments=fragments)


def _take(form: NewsletterForm, newsletter: Newsletter) -> ResponseReturnValue:
    """Keep what was posted and go on where the editor was, or show it again with what is wrong."""
    if not form.validate():
        return _page(form, newsletter, form.status)
    try:
        if _button() == REOPEN:
            editing.reopen_newsletter(newsletter.id, at=clock.now(), by=member())
        target = _keep(form, newsletter)
    except (EditedMeanwhile, ApprovedMeanwhile) as overtaken:
        return _page(form, newsletter, 409, overtaken)
    except NotAllowed as refused:
        form.form_errors.append(str(refused))
        return _page(form, newsletter, 409)
    if _button() == state.SHOW:
        flash("De nieuwsbrief is bewaard. Bekijk hieronder hoe hij wordt.", "ok")
        return redirect(url_for(".show", newsletter_id=newsletter.id), code=303)
    if _button() in {"", state.SAVE}:
        flash(f"{_kept_words()}.", "ok")
    there = url_for(
        ".edit",
        newsletter_id=newsletter.id,
        zoek=form.search.data or None,
        beeld=form.picture_search.data or None,
        voorbeeld=state.look_after(_button()),
        _anchor=target or None,
    )
    return redirect(there, code=303)


def _keep(form: NewsletterForm, newsletter: Newsletter) -> str:
    """Store the form as it is after the button; returns where on the page the editor goes on. Raises NotAllowed."""
    at, by = clock.now(), member()
    state.keep_uploads(form, by=by, at=at)
    after = state.order_after(form, editing.removed_from(newsletter), _button(), by=by, at=at)
    content = replace(form.content(), blocks=after.blocks)
    opened = form.opened_version
    editing.save_draft(newsletter.id, content, after.removed, opened=opened, at=at, by=by)
    return after.target


def _page(
    form: NewsletterForm, newsletter: Newsletter, status: int = 200, overtaken: NotAllowed | None = None
) -> ResponseReturnValue:
    """The composer; who was overtaken also sees what is kept now, and replaces it by saving once more."""
    newsletter_id = newsletter.id
    with read_only():
        stored = numbered(newsletter_id)
        if isinstance(overtaken, EditedMeanwhile):
            form.edit_version.data = str(stored.edit_version)
        html = render_template(
            "staff/newsletters/edit.html",
            **state.whole(stored, form, at=clock.now()),
            overtaken_by=stored if isinstance(overtaken, EditedMeanwhile) else None,
            is_approved=isinstance(overtaken, ApprovedMeanwhile),
        )
    return html, status, {"Content-Security-Policy": PAGE_POLICY}


def _button() -> str:
    return request.form.get("action", "")


def _kept_words() -> str:
    return f"Bewaard om {dutch_time(clock.now())}"


@bp.get("/sjablonen/")
def templates() -> ResponseReturnValue:
    return render_template("staff/newsletters/templates.html", templates=rows(NewsletterTemplate.all()))


@bp.route(f"/{NEWSLETTER}/sjabloon/", methods=["GET", "POST"])
def keep_template(newsletter_id: int) -> ResponseReturnValue:
    newsletter, form = numbered(newsletter_id), TemplateForm()
    if form.validate_on_submit():
        try:
            starting_points.keep_template(newsletter_id, form.name.data or "", at=clock.now(), by=member())
        except NameTaken:
            form.refuse_name()
        else:
            flash("Het sjabloon is bewaard. U kunt er een nieuwe nieuwsbrief mee beginnen.", "ok")
            return redirect(url_for(".templates"), code=303)
    return render_template("staff/newsletters/template_new.html", newsletter=newsletter, form=form), form.status


@bp.route(f"/sjablonen/{TEMPLATE}/", methods=["GET", "POST"])
def template(template_id: int) -> ResponseReturnValue:
    found = row_or_404(NewsletterTemplate.numbered(template_id))
    form = TemplateForm(data={"name": found.name})
    if form.validate_on_submit():
        try:
            starting_points.rename_template(template_id, form.name.data or "", at=clock.now(), by=member())
        except NameTaken:
            form.refuse_name()
        else:
            flash("De naam is gewijzigd.", "ok")
            return redirect(url_for(".templates"), code=303)
    found = row_or_404(NewsletterTemplate.numbered(template_id))
    html = render_template("staff/newsletters/template.html", template=found, form=form, block_types=BLOCK_TYPES)
    return html, form.status


@bp.post(f"/sjablonen/{TEMPLATE}/weg/")
def remove_template(template_id: int) -> ResponseReturnValue:
    require_csrf()
    starting_points.remove_template(template_id, at=clock.now(), by=member())
    flash("Het sjabloon is weg. Nieuwsbrieven die ermee begonnen, blijven staan.", "ok")
    return redirect(url_for(".templates"), code=303)
