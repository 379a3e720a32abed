"""Templates: keeping a newsletter as one, calling it something else, throwing it away."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters.block_models import NewsletterTemplate
from dordt.newsletters.content.services import templates as templating
from dordt.newsletters.content.services.templates import NameTaken
from dordt.newsletters.labels import BLOCK_LABELS
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import row_or_404, rows
from dordt.staff.guard import member, requires
from dordt.staff.newsletters.room import NUMBER, bp, numbered
from dordt.staff.newsletters.template_form import TemplateForm

TEMPLATE = "<int(max=2147483647):template_id>"


@bp.get("/sjablonen/")
@requires(Right.SEND_NEWSLETTER)
def templates() -> ResponseReturnValue:
    """All templates, by name."""
    return render_template("staff/newsletters/templates.html", templates=rows(NewsletterTemplate.all()))


@bp.route(f"/{NUMBER}/sjabloon/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def keep_template(number: int) -> ResponseReturnValue:
    """Give the newsletter a name to begin with another time."""
    newsletter, form = numbered(number), TemplateForm()
    if form.validate_on_submit():
        try:
            templating.keep_template(number, form.name.data or "", at=clock.now(), by=member())
        except NameTaken:
            form.refuse_name()
        else:
            flash("Het sjabloon is bewaard. U kunt er een nieuwe nieuwsbrief mee beginnen.", "ok")
            return redirect(url_for(".templates"), code=303)
    return render_template("staff/newsletters/template_new.html", newsletter=newsletter, form=form), form.status


@bp.route(f"/sjablonen/{TEMPLATE}/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def template(template_id: int) -> ResponseReturnValue:
    """What is in it, and how it is called."""
    found = row_or_404(NewsletterTemplate.numbered(template_id))
    form = TemplateForm(data={"name": found.name})
    if form.validate_on_submit():
        try:
            templating.rename_template(template_id, form.name.data or "", at=clock.now(), by=member())
        except NameTaken:
            form.refuse_name()
        else:
            flash("De naam is gewijzigd.", "ok")
            return redirect(url_for(".templates"), code=303)
    found = row_or_404(NewsletterTemplate.numbered(template_id))
    page = render_template("staff/newsletters/template.html", template=found, form=form, block_words=BLOCK_LABELS)
    return page, form.status


@bp.post(f"/sjablonen/{TEMPLATE}/weg/")
@requires(Right.SEND_NEWSLETTER)
def remove_template(template_id: int) -> ResponseReturnValue:
    """Throw it away."""
    require_csrf()
    templating.remove_template(template_id, at=clock.now(), by=member())
    flash("Het sjabloon is weg. Nieuwsbrieven die ermee begonnen, blijven staan.", "ok")
    return redirect(url_for(".templates"), code=303)
