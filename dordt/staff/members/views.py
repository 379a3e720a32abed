"""Members of staff: who may do what. Nobody changes their own rights."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from dordt import throttling
from dordt.accounts import services, sessions
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import ROLE_LABELS
from dordt.extensions import limiter
from dordt.shared import clock
from dordt.shared.forms import DordtForm, require_csrf
from dordt.shared.reading import page, row_or_404
from dordt.staff.access import member
from dordt.staff.log import views as log
from dordt.staff.log.labels import ACTIONS
from dordt.staff.members.forms import AddMemberForm, ChangePasswordForm, ChangeRoleForm, SetPasswordForm

bp = Blueprint("members", __name__, url_prefix="/medewerkers")
HISTORY = 20  # lines of the log on the page of one member


@bp.get("/")
def index() -> ResponseReturnValue:
    members = page(StaffMember.listed(), request.args.get("pagina"))
    seen = sessions.last_sign_ins([each.id for each in members.items])
    return render_template("staff/members/index.html", members=members, seen=seen, roles=ROLE_LABELS)


@bp.route("/nieuw/", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = AddMemberForm()
    if form.validate_on_submit() and _accepted(form, lambda: _create(form)):
        flash(f"Het account van {form.name.data} is gemaakt.", "ok")
        return redirect(url_for(".index"), code=303)
    return render_template("staff/members/new.html", form=form), form.status


@bp.get("/<int:member_id>/")
def show(member_id: int) -> ResponseReturnValue:
    """One account: what it may do and what happened to it."""
    return _show(_found(member_id), ChangeRoleForm(), SetPasswordForm())


@bp.post("/<int:member_id>/rol/")
def change_role(member_id: int) -> ResponseReturnValue:
    found, form = _found(member_id), ChangeRoleForm()
    if form.validate_on_submit() and _accepted(
        form, lambda: services.change_role(member_id, form.role.data or "", by=member(), at=clock.now())
    ):
        return _changed(member_id, "De rol is gewijzigd. De medewerker logt opnieuw in.")
    return _show(found, form, SetPasswordForm(formdata=None))


@bp.post("/<int:member_id>/wachtwoord/")
def set_password(member_id: int) -> ResponseReturnValue:
    """Give somebody a new password."""
    found, form = _found(member_id), SetPasswordForm()
    if form.validate_on_submit() and _accepted(
        form, lambda: services.set_password(member_id, form.password.data or "", by=member(), at=clock.now())
    ):
        return _changed(member_id, "Het nieuwe wachtwoord is ingesteld.")
    return _show(found, ChangeRoleForm(formdata=None), form)


@bp.post("/<int:member_id>/sluiten/")
def disable(member_id: int) -> ResponseReturnValue:
    require_csrf()
    _found(member_id)
    services.disable_member(member_id, by=member(), at=clock.now())
    return _changed(member_id, "Het account is gesloten. De medewerker kan niet meer inloggen.")


@bp.post("/<int:member_id>/openen/")
def enable(member_id: int) -> ResponseReturnValue:
    require_csrf()
    _found(member_id)
    services.enable_member(member_id, by=member(), at=clock.now())
    return _changed(member_id, "Het account is weer open.")


def _own_account() -> str:
    """With a stolen session nobody can guess the password that belongs to it."""
    return throttling.hashed("member", str(member().id))


@bp.route("/mijn-wachtwoord/", methods=["GET", "POST"])
@limiter.limit(
    lambda: current_app.config["SIGN_IN_LIMIT"],
    key_func=_own_account,
    methods=["POST"],
    deduct_when=throttling.was_refused,
)
def my_password() -> ResponseReturnValue:
    """Take another password for oneself."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and _accepted(form, lambda: _change_mine(form)):
        flash("Uw wachtwoord is gewijzigd. Op andere apparaten logt u opnieuw in.", "ok")
        return redirect(url_for("staff.start.index"), code=303)
    return render_template("staff/members/my_password.html", form=form), form.status


def _create(form: AddMemberForm) -> None:
    given = {name: form[name].data or "" for name in ("name", "email", "role", "password")}
    services.create_member(**given, by=member(), at=clock.now())


def _change_mine(form: ChangePasswordForm) -> None:
    session[sessions.COOKIE_KEY] = services.change_own_password(
        form.current.data or "", form.password.data or "", by=member(), at=clock.now()
    )


def _accepted(form: DordtForm, change: Callable[[], Any]) -> bool:
    """Do it, or put the refusal beside the field it is about."""
    try:
        change()
    except services.AccountRefused as refused:
        services.give_up()
        form[refused.field].errors = [str(refused)]
        return False
    return True


def _found(member_id: int) -> StaffMember:
    return row_or_404(StaffMember.numbered(member_id))


def _show(found: StaffMember, role_form: ChangeRoleForm, password_form: SetPasswordForm) -> ResponseReturnValue:
    if role_form.role.data is None and found.roles:
        role_form.role.data = found.roles[0].name
    form = password_form if password_form.errors else role_form
    html = render_template(
        "staff/members/show.html",
        person=found,
        role_form=role_form,
        password_form=password_form,
        form=form,
        is_me=found.id == member().id,
        history=log.history(found, HISTORY),
        last_sign_in=sessions.last_sign_ins([found.id]).get(found.id),
        roles=ROLE_LABELS,
        actions=ACTIONS,
    )
    return html, form.status


def _changed(member_id: int, text: str) -> ResponseReturnValue:
    flash(text, "ok")
    return redirect(url_for(".show", member_id=member_id), code=303)
