"""Settings: what holds for everybody who works here."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.newsletters.sending import policy, services
from dordt.shared import clock
from dordt.staff.access import member
from dordt.staff.settings.forms import PolicyForm

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
