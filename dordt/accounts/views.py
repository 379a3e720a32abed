"""Sign in and sign out."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user

from dordt import throttling
from dordt.accounts import services, sessions
from dordt.accounts.forms import SignInForm
from dordt.accounts.models import StaffMember
from dordt.extensions import limiter
from dordt.shared import clock, kept_forms
from dordt.shared.forms import require_csrf
from dordt.shared.requests import comes_from_this_site

ENDINGS = {
    sessions.Ending.IDLE: "U deed een tijd niets. Daarom bent u uitgelogd.",
    sessions.Ending.TOO_LONG: "U was lang achter elkaar ingelogd. Daarom bent u uitgelogd.",
    sessions.Ending.ENDED: "U bent uitgelogd: dat deed u in een ander venster, of een beheerder wijzigde uw account.",
    sessions.Ending.UNKNOWN: "U bent niet (meer) ingelogd in deze browser.",
}

bp = Blueprint("security", __name__, url_prefix="/beheer")


def _limited(setting: str, who: Callable[[], str]) -> throttling.Limit:
    limit: throttling.Limit = limiter.limit(
        lambda: current_app.config[setting], key_func=who, methods=["POST"], deduct_when=throttling.was_refused
    )
    return limit


@bp.route("/inloggen/", methods=["GET", "POST"])
@_limited("SIGN_IN_LIMIT", throttling.account_from_here)
@_limited("SIGN_IN_LIMIT_OF_NETWORK", throttling.network)
def login() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit():
        origin = request.remote_addr or ""
        token = services.sign_in(form.email.data or "", form.password.data or "", at=clock.now(), origin=origin)
        if token:
            _remember(token)
            return redirect(_onward(), code=307 if _carried() else 303)
        form.form_errors.append(current_app.config["SECURITY_MSG_GENERIC_AUTHN_FAILED"][0])
    elif request.method == "GET" and sessions.current_member():
        return redirect(_onward())
    return render_template("staff/sign_in.html", form=form, onward=_onward(), kept=_carried()), form.status


@bp.post("/uitloggen/")
def logout() -> ResponseReturnValue:
    """End this session on the server and in the browser."""
    member = sessions.current_member()
    if member is None:
        return redirect(url_for(".login"))
    require_csrf()
    services.sign_out(member, session[sessions.COOKIE_KEY], at=clock.now())
    logout_user()
    session.clear()
    flash("U bent uitgelogd.", "ok")
    return redirect(url_for(".login"), code=303)


def ask_to_sign_in(onward: str) -> ResponseReturnValue:
    """The answer to a form that came without a session: what was typed goes along, and comes back after signing in.

    The browser sends it again then (307), to where it went at first, without a token that is still right.
    """
    form, reason = SignInForm(formdata=None), ENDINGS[sessions.ending(at=clock.now())]
    page = render_template("staff/sign_in.html", form=form, onward=onward, kept=kept_forms.packed(), reason=reason)
    return page, 403


def _carried() -> str:
    """The form that the sign-in page carries; another site cannot put words into one."""
    return request.form.get(kept_forms.FIELD, "") if comes_from_this_site() else ""


def _remember(token: str) -> None:
    session.clear()  # nothing from before the sign-in goes along (ASVS 7.2.4)
    login_user(cast(StaffMember, sessions.member_of(token, at=clock.now())), remember=False, authn_via=["password"])
    session[sessions.COOKIE_KEY] = token


def _onward() -> str:
    """Where to go after signing in: a page of /beheer/ of this site, nothing else."""
    start = url_for("staff.start.index")
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted) if wanted.isprintable() and "\\" not in wanted else None
    if parts is None or parts.scheme or parts.netloc or not parts.path.startswith(start) or ".." in parts.path:
        return start
    return start if parts.path.startswith((url_for(".login"), url_for(".logout"))) else wanted
