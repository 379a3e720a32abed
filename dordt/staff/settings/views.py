"""Settings: what holds for everybody who works here."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.contact.closed_days import services as closing
from dordt.contact.models import ClosedDay
from dordt.newsletters.sending import policy, services
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.reading import rows
from dordt.staff.access import member
from dordt.staff.settings.forms import ClosedDayForm, PolicyForm

bp = Blueprint("settings", __name__, url_prefix="/instellingen")


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """What can be settled, what it means, and who changed it last."""
    form = PolicyForm(is_on=policy.asks_second_person())
    if form.validate_on_submit():
        is_new = services.set_second_person(form.wants_second_person, at=clock.now(), by=member())
        flash("De instelling is bewaard." if is_new else "Er was niets veranderd.", "ok")
        return redirect(url_for(".index"), code=303)
    return render_template("staff/settings/index.html", form=form, policy=policy.value()), form.status


@bp.route("/gesloten-dagen/", methods=["GET", "POST"])
def closed_days() -> ResponseReturnValue:
    """The days that still come, and one to add."""
    form = ClosedDayForm(clock.now().astimezone(clock.AMSTERDAM).date())
    if form.validate_on_submit() and form.day.data:
        try:
            closing.add_closed_day(form.day.data, form.name.data or "", by=member(), at=clock.now())
        except closing.DayTaken:
            form.day.errors = ["Deze dag staat al in de lijst."]
        else:
            flash("De dag is toegevoegd.", "ok")
            return redirect(url_for(".closed_days"), code=303)
    days = rows(ClosedDay.since(form.today))
    return render_template("staff/settings/closed_days.html", form=form, days=days), form.status


@bp.post("/gesloten-dagen/<int:day_id>/weghalen/")
def remove_closed_day(day_id: int) -> ResponseReturnValue:
    require_csrf()
    closing.remove_closed_day(day_id, by=member(), at=clock.now())
    flash("De dag is weggehaald.", "ok")
    return redirect(url_for(".closed_days"), code=303)
