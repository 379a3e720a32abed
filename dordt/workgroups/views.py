"""Work groups as residents see them: list, page, join, confirm, leave."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.reading import row_or_404, rows
from dordt.workgroups import ics, services
from dordt.workgroups.forms import JoinWorkgroupForm
from dordt.workgroups.models import Meeting, Workgroup

bp = Blueprint("workgroups", __name__, url_prefix="/werkgroepen")


@bp.get("/")
def index() -> ResponseReturnValue:
    """All work groups, with the next meeting of each."""
    upcoming = rows(Meeting.upcoming(clock.now()))
    next_meetings = {meeting.workgroup_id: meeting for meeting in reversed(upcoming)}
    return render_template("workgroups/index.html", workgroups=rows(Workgroup.all()), next_meetings=next_meetings)


@bp.get("/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """One work group: what it is about, what can still change, when it meets."""
    workgroup = row_or_404(Workgroup.called(slug))
    meetings = rows(Meeting.upcoming(clock.now(), workgroup.id))
    return render_template("workgroups/show.html", workgroup=workgroup, meetings=meetings)


@bp.get("/<slug>/agenda.ics")
def calendar(slug: str) -> ResponseReturnValue:
    """Every meeting of the group, to put into a calendar once or to follow there."""
    workgroup = row_or_404(Workgroup.called(slug))
    if not workgroup.meetings:
        abort(404)  # a calendar without an entry is none (RFC 5545, 3.4)
    return Response(ics.calendar(workgroup, at=clock.now()), content_type=ics.CONTENT_TYPE)


@bp.route("/<slug>/aanmelden/", methods=["GET", "POST"])
def join(slug: str) -> ResponseReturnValue:
    workgroup = row_or_404(Workgroup.called(slug))
    form = JoinWorkgroupForm(places.neighbourhood_choices(with_other_places=True))
    if form.validate_on_submit():
        services.request_membership(workgroup, form.application(), at=clock.now())
        return redirect(url_for(".check_inbox", slug=slug), code=303)
    return render_template("workgroups/join.html", form=form, workgroup=workgroup), form.status


@bp.get("/<slug>/controleer-uw-mail/")
def check_inbox(slug: str) -> ResponseReturnValue:
    """What to do now: open the mail and confirm."""
    return render_template("workgroups/check_inbox.html", workgroup=row_or_404(Workgroup.called(slug)))


@bp.get("/bevestigen/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says how the request stands."""
    return render_template("workgroups/confirm.html", membership=services.find_by_confirm_token(token))


@bp.post("/bevestigen/<token>/")
def confirm_now(token: str) -> ResponseReturnValue:
    services.confirm_membership(token, at=clock.now())
    return redirect(url_for(".confirm", token=token), code=303)


@bp.get("/afmelden/<token>/")
def leave(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says so."""
    return render_template("workgroups/leave.html", membership=services.find_by_leave_token(token))


@bp.post("/afmelden/<token>/")
def leave_now(token: str) -> ResponseReturnValue:
    """The button was pressed, or a mail programme did it for the reader (RFC 8058)."""
    services.leave_workgroup(token, at=clock.now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 200
    return redirect(url_for(".leave", token=token), code=303)
