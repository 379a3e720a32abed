"""Newsletters: writing, looking at it, approving, sending, following the post."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.news.models import Article
from dordt.newsletters import audience, checks, planning, rendering, services
from dordt.newsletters.models import Newsletter
from dordt.newsletters.words import STATE_WORDS
from dordt.shared import clock
from dordt.shared.formats import dutch_day, dutch_time
from dordt.shared.forms import require_csrf
from dordt.shared.mail import Draft
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import page, row_or_404, rows
from dordt.staff.guard import is_open, member, requires
from dordt.staff.mail_frame import PAGE_POLICY, framed, without_keys
from dordt.staff.newsletters.forms import NewsletterForm, PlanForm
from dordt.staff.newsletters.progress import progress_of

bp = Blueprint("newsletters", __name__, url_prefix="/nieuwsbrieven")
NUMBER = "<int(max=2147483647):number>"
ARTICLES_OFFERED = 100


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """All newsletters, the newest first."""
    found = page(Newsletter.in_room(), request.args.get("pagina"))
    standings = planning.standings(found.items, at=clock.now())
    return render_template("staff/newsletters/index.html", page=found, standings=standings, state_words=STATE_WORDS)


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def new() -> ResponseReturnValue:
    """An empty newsletter to write."""
    return _write(None)


@bp.route(f"/{NUMBER}/bewerken/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def edit(number: int) -> ResponseReturnValue:
    """Change a newsletter that has not been started."""
    newsletter = _numbered(number)
    if not newsletter.can_be_edited:
        raise NotAllowed("Deze nieuwsbrief is al verstuurd of gestopt. U kunt hem niet meer veranderen.")
    return _write(newsletter)


@bp.get(f"/{NUMBER}/")
@requires(Right.READ)
def show(number: int) -> ResponseReturnValue:
    """How it looks, where it stands, and once it was started how far the post is."""
    newsletter, at = _numbered(number), clock.now()
    template = render_template(
        "staff/newsletters/show.html",
        newsletter=newsletter,
        text=without_keys(_draft(newsletter).text),
        progress=progress_of(newsletter.mail, at=at) if newsletter.mail else None,
        standing=planning.standing_of(newsletter, at=at),
        post_is_open=is_open("staff.post"),
        state_words=STATE_WORDS,
        at=at,
    )
    return template, {"Content-Security-Policy": PAGE_POLICY}


@bp.get(f"/{NUMBER}/voortgang/")
@requires(Right.READ)
def progress(number: int) -> ResponseReturnValue:
    """How far the post is and nothing else; progress.js asks for it every other second."""
    newsletter, at = row_or_404(Newsletter.numbered(number).where(Newsletter.mail_id.is_not(None))), clock.now()
    return render_template(
        "staff/newsletters/progress.html",
        newsletter=newsletter,
        progress=progress_of(newsletter.mail, at=at) if newsletter.mail else None,
        post_is_open=is_open("staff.post"),
        state_words=STATE_WORDS,
        at=at,
    )


@bp.get(f"/{NUMBER}/html/")
@requires(Right.READ)
def html(number: int) -> Response:
    """The HTML part, at an address of its own."""
    return framed(_draft(_numbered(number)).html)


@bp.route(f"/{NUMBER}/versturen/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def send(number: int) -> ResponseReturnValue:
    """What must be in order, to how many it goes, and the choice: now, or planned."""
    newsletter = _numbered(number)
    if request.method == "POST":
        require_csrf()
        services.start_newsletter(number, at=clock.now(), by=member())
        flash("De nieuwsbrief wordt verstuurd. Hieronder ziet u hoe ver het is.", "ok")
        return redirect(url_for(".show", number=number), code=303)
    return _send_page(newsletter, PlanForm(planning.plan_of(newsletter), at=clock.now()))


@bp.post(f"/{NUMBER}/plannen/")
@requires(Right.SEND_NEWSLETTER)
def plan(number: int) -> ResponseReturnValue:
    """Let it start by itself; the same page, with what is wrong with the moments."""
    newsletter, at = _numbered(number), clock.now()
    form = PlanForm(planning.plan_of(newsletter), at=at)
    if form.validate_on_submit():
        chosen = form.plan()
        planning.plan_newsletter(number, chosen, at=at, by=member())
        moment = f"{dutch_day(chosen.starts_at)} om {dutch_time(chosen.starts_at)}"
        flash(" ".join([f"Gepland: het versturen begint vanzelf op {moment}.", *form.notes]), "ok")
        return redirect(url_for(".show", number=number), code=303)
    return _send_page(newsletter, form)


@bp.post(f"/{NUMBER}/planning-intrekken/")
@requires(Right.SEND_NEWSLETTER)
def withdraw(number: int) -> ResponseReturnValue:
    """Let it start no more by itself."""
    require_csrf()
    planning.withdraw_plan(number, at=clock.now(), by=member())
    flash("De planning is ingetrokken. De nieuwsbrief blijft goedgekeurd en gaat niet vanzelf weg.", "ok")
    return redirect(url_for(".show", number=number), code=303)


@bp.post(f"/{NUMBER}/goedkeuren/")
@requires(Right.APPROVE_NEWSLETTER)
def approve(number: int) -> ResponseReturnValue:
    """It may be sent as it is."""
    require_csrf()
    services.approve_newsletter(number, at=clock.now(), by=member())
    flash("De nieuwsbrief is goedgekeurd en kan worden verstuurd.", "ok")
    return redirect(url_for(".send", number=number), code=303)


@bp.post(f"/{NUMBER}/pauzeren/")
@requires(Right.SEND_NEWSLETTER)
def pause(number: int) -> ResponseReturnValue:
    """Let nothing more leave for now."""
    require_csrf()
    services.pause_newsletter(number, at=clock.now(), by=member())
    flash("Het versturen staat stil. Wat al onderweg was, komt nog aan.", "ok")
    return redirect(url_for(".show", number=number), code=303)


@bp.post(f"/{NUMBER}/hervatten/")
@requires(Right.SEND_NEWSLETTER)
def resume(number: int) -> ResponseReturnValue:
    """Go on where it stopped."""
    require_csrf()
    services.resume_newsletter(number, at=clock.now(), by=member())
    flash("Het versturen gaat verder.", "ok")
    return redirect(url_for(".show", number=number), code=303)


@bp.post(f"/{NUMBER}/stoppen/")
@requires(Right.SEND_NEWSLETTER)
def cancel(number: int) -> ResponseReturnValue:
    """Stop for good."""
    require_csrf()
    services.cancel_newsletter(number, at=clock.now(), by=member())
    flash("De nieuwsbrief is gestopt. Wat nog niet weg was, gaat niet meer weg.", "ok")
    return redirect(url_for(".show", number=number), code=303)


def _write(newsletter: Newsletter | None) -> ResponseReturnValue:
    form = NewsletterForm(rows(Article.published(clock.now()).limit(ARTICLES_OFFERED)), newsletter)
    if form.validate_on_submit():
        at, by = clock.now(), member()
        content = form.content(at=at)
        if newsletter is None:
            number = services.create_newsletter(content, at=at, by=by).number
        else:
            number = newsletter.number
            services.edit_newsletter(number, content, at=at, by=by)
        flash("De nieuwsbrief is bewaard. Bekijk hieronder hoe hij wordt.", "ok")
        return redirect(url_for(".show", number=number), code=303)
    return render_template("staff/newsletters/edit.html", form=form, newsletter=newsletter), form.status


def _send_page(newsletter: Newsletter, form: PlanForm) -> ResponseReturnValue:
    at = clock.now()
    template = render_template(
        "staff/newsletters/send.html",
        newsletter=newsletter,
        form=form,
        standing=planning.standing_of(newsletter, at=at),
        problems=checks.problems(newsletter, at=at),
        count=audience.count(),
        state_words=STATE_WORDS,
    )
    return template, form.status


def _numbered(number: int) -> Newsletter:
    return row_or_404(Newsletter.numbered(number))


def _draft(newsletter: Newsletter) -> Draft:
    """What was sent, or what would be sent now."""
    mail = newsletter.mail
    if mail is None:
        return rendering.draft_of(newsletter)
    return Draft(name=mail.name, to="", subject=mail.subject, text=mail.text, html=mail.html)
