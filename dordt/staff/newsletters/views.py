"""All newsletters, and one of them: how it looks and how far the mailer is."""

import re

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.newsletters.content import rendering
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import plans, services
from dordt.shared import clock
from dordt.shared.forms import require_csrf
from dordt.shared.links import without_tokens
from dordt.shared.mail import Draft
from dordt.shared.problems import ChangedMeanwhile
from dordt.shared.reading import page, row_or_404
from dordt.staff.access import is_open, member
from dordt.staff.newsletters import NEWSLETTER, bp, numbered
from dordt.staff.newsletters.composer import views as composer
from dordt.staff.newsletters.labels import approved_by, for_whom, frozen_summary
from dordt.staff.newsletters.reporting import views as reporting
from dordt.staff.newsletters.sending import views as sending
from dordt.staff.newsletters.sending.progress import progress_of
from dordt.staff.pages import PAGE_POLICY, framed

__all__ = ["bp", "composer", "reporting", "sending"]  # all pages of the blueprint
ASKS_FOR_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
SCHEMES = re.compile(r'(<meta name="(?:supported-)?color-schemes?" content=")light dark"')
UNDERWAY = "in-de-maak"  # which newsletters the list shows; else all
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"


@bp.get("/")
def index() -> ResponseReturnValue:
    """All of them, or those that are underway."""
    chosen = UNDERWAY if request.args.get("status") == UNDERWAY else None
    query = Newsletter.underway() if chosen else Newsletter.newest_first()
    found = page(query, request.args.get("pagina"))
    statuses = plans.statuses(found.items, at=clock.now())
    return render_template(
        "staff/newsletters/index.html", page=found, chosen=chosen, statuses=statuses, state_labels=STATE_LABELS
    )


@bp.get(f"/{NEWSLETTER}/")
def show(newsletter_id: int) -> ResponseReturnValue:
    """How it looks, where it stands, and once it was started how far the mailer is."""
    return _shown(newsletter_id)


@bp.post(f"/{NEWSLETTER}/stoppen/")
def cancel(newsletter_id: int) -> ResponseReturnValue:
    """Stop for good, unless somebody wrote in it since the page was opened: then that is shown first."""
    require_csrf()
    try:
        version = sending.seen_version()
        services.cancel_newsletter(newsletter_id, at=clock.now(), by=member(), version=version)
    except ChangedMeanwhile as refused:
        flash(str(refused), "warning")
        return _shown(newsletter_id, 422)
    flash("De nieuwsbrief is gestopt. Wat nog niet weg was, gaat niet meer weg.", "ok")
    return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)


def _shown(newsletter_id: int, status: int = 200) -> ResponseReturnValue:
    newsletter, at = numbered(newsletter_id), clock.now()
    template = render_template(
        "staff/newsletters/show.html",
        newsletter=newsletter,
        text=without_tokens(_draft(newsletter).text),
        progress=progress_of(newsletter.mail, at=at) if newsletter.mail else None,
        audience_summary=frozen_summary(newsletter),
        approved_by=approved_by(newsletter),
        for_whom=for_whom(newsletter),
        plan_status=plans.status_of(newsletter, at=at),
        post_is_open=is_open("staff.post"),
        state_labels=STATE_LABELS,
        at=at,
    )
    return template, status, {"Content-Security-Policy": PAGE_POLICY}


@bp.get(f"/{NEWSLETTER}/voortgang/")
def progress(newsletter_id: int) -> ResponseReturnValue:
    """How far sending is, and nothing else; progress.js asks for it every other second."""
    newsletter, at = row_or_404(Newsletter.numbered(newsletter_id).where(Newsletter.mail_id.is_not(None))), clock.now()
    return render_template(
        "staff/newsletters/progress.html",
        newsletter=newsletter,
        progress=progress_of(newsletter.mail, at=at) if newsletter.mail else None,
        audience_summary=frozen_summary(newsletter),
        post_is_open=is_open("staff.post"),
        state_labels=STATE_LABELS,
        at=at,
    )


@bp.get(f"/{NEWSLETTER}/html/")
def html(newsletter_id: int) -> Response:
    return framed(_draft(numbered(newsletter_id)).html)


def _draft(newsletter: Newsletter) -> Draft:
    """What was sent, or what would be sent now."""
    mail = newsletter.mail
    if mail is None:
        return rendering.draft_of(newsletter)
    return Draft(name=mail.name, to="", subject=mail.subject, text=mail.text, html=mail.html)


@bp.get(f"/{NEWSLETTER}/licht/html/")
def light(newsletter_id: int) -> Response:
    """As on a screen that is set to light, whatever this one is set to."""
    return framed(_set_to("light", _html(newsletter_id)))


@bp.get(f"/{NEWSLETTER}/donker/html/")
def dark(newsletter_id: int) -> Response:
    """As on a screen that is set to dark, in a mail program that lets the mail choose its colours."""
    return framed(_set_to("dark", _html(newsletter_id)))


def _html(newsletter_id: int) -> str:
    newsletter = numbered(newsletter_id)
    return newsletter.mail.html if newsletter.mail else rendering.draft_of(newsletter).html


def _set_to(scheme: str, html: str) -> str:
    """The mail's own rules for dark, on or off: no colour is added that it does not bring itself."""
    asked = ASKS_FOR_DARK.sub(ALWAYS if scheme == "dark" else NEVER, html)
    return SCHEMES.sub(rf'\1{scheme}"', asked)
