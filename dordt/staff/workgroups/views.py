"""Work groups as staff see them: the groups, the requests to take part, and the decision."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from dordt.audit import services as audit
from dordt.contact.models import Message
from dordt.places.services import place_name
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import page, row_or_404, rows
from dordt.staff import pages
from dordt.staff.access import coordinator_scope, is_open, member
from dordt.staff.drafts import keeping
from dordt.staff.drafts.keeping import Drafted
from dordt.workgroups import services
from dordt.workgroups.forms import DecideMembershipForm
from dordt.workgroups.labels import STATE_LABELS
from dordt.workgroups.models import Meeting, Membership, MembershipState, Workgroup

bp = Blueprint("workgroups", __name__, url_prefix="/werkgroepen")
DECISION = "workgroups.membership"
keeping.register(Drafted(DECISION, "membership", DECISION, lambda _id, typed: DecideMembershipForm(formdata=typed)))


@bp.get("/")
def index() -> ResponseReturnValue:
    """The groups, with how many people are in each state, and the next meeting."""
    upcoming = rows(Meeting.upcoming(clock.now()))
    return render_template(
        "staff/workgroups/index.html",
        workgroups=rows(Workgroup.all()),
        counts=services.membership_counts(),
        next_meetings={meeting.workgroup_id: meeting for meeting in reversed(upcoming)},
    )


@bp.get("/aanmeldingen/")
def memberships() -> ResponseReturnValue:
    """Everybody who asked to take part; filters stand in the address, the search in the session."""
    query = _filtered(Membership.of_groups(coordinator_scope()))
    return render_template(
        "staff/workgroups/memberships.html",
        page=page(query, request.args.get("pagina")),
        workgroups=rows(Workgroup.all()),
        state_labels=STATE_LABELS,
        chosen={"werkgroep": request.args.get("werkgroep", ""), "status": request.args.get("status", "")},
        search=pages.kept("memberships"),
    )


@bp.post("/aanmeldingen/zoeken/")
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: a name or an address belongs in no URL."""
    pages.keep("memberships")
    kept = request.args
    return redirect(url_for(".memberships", werkgroep=kept.get("werkgroep"), status=kept.get("status")), code=303)


@bp.route("/aanmeldingen/<int:membership_id>/", methods=["GET", "POST"])
def membership(membership_id: int) -> ResponseReturnValue:
    """One request: who it is, what they wrote, and the decision."""
    if request.method == "GET":
        _note_reading(membership_id)
    row_or_404(_seen_by_me(membership_id))
    form = DecideMembershipForm(draft=keeping.mine("membership", membership_id).get(DECISION))
    if form.validate_on_submit() and _is_decided(membership_id, form):
        flash("Uw besluit is bewaard. De bewoner krijgt een e-mail.", "ok")
        return redirect(url_for(".membership", membership_id=membership_id), code=303)
    if form.is_overtaken:
        _note_reading(membership_id)  # what came in between stands on this page
    found = row_or_404(_seen_by_me(membership_id))
    form.offer(services.DECISIONS[found.state])
    form.note_seen(found.seen_as)
    template = render_template(
        "staff/workgroups/membership.html",
        membership=found,
        form=form,
        place=place_name(found.neighbourhood),
        state_labels=STATE_LABELS,
        messages=rows(Message.of_address(found.email_key)) if is_open("staff.contact") else [],
        others=rows(_others(found)),
    )
    return template, form.status


def _note_reading(membership_id: int) -> None:
    row_or_404(_seen_by_me(membership_id))
    audit.record_reading(member().id, subject=("membership", membership_id), at=clock.now())


def _seen_by_me(membership_id: int) -> "Select[Membership]":
    return Membership.of_groups(coordinator_scope()).where(Membership.id == membership_id)


def _others(found: Membership) -> "Select[Membership]":
    """What else this person takes part in, as far as it is mine to see."""
    same_person = Membership.of_groups(coordinator_scope()).where(Membership.email_key == found.email_key)
    return same_person.where(Membership.id != found.id)


def _is_decided(membership_id: int, form: DecideMembershipForm) -> bool:
    """Decide, or say in the form why not."""
    decision, text = MembershipState(form.decision.data), form.text.data or ""
    try:
        services.decide_membership(
            membership_id, decision, text, by=member(), at=clock.now(), seen=form.seen.data or ""
        )
    except NotAllowed as refused:
        form.refuse(refused)
        return False
    return True


def _filtered(query: "Select[Membership]") -> "Select[Membership]":
    if request.args.get("werkgroep"):
        query = query.where(Workgroup.slug == request.args["werkgroep"])
    if request.args.get("status") in list(MembershipState):
        query = query.where(Membership.state == MembershipState(request.args["status"]))
    return query.where(Membership.containing(pages.kept("memberships")))
