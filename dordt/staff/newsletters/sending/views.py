"""From a finished newsletter to the post room: checking, approving, sending, planning, holding it still."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters import checks
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience, plans, services
from dordt.shared import clock
from dordt.shared.formats import dutch_day, dutch_time
from dordt.shared.forms import require_csrf
from dordt.staff.guard import member, requires
from dordt.staff.newsletters.approval import approval_of, approved_by
from dordt.staff.newsletters.audience_words import FATE_WORDS, for_whom, told
from dordt.staff.newsletters.blueprint import NUMBER, bp, numbered
from dordt.staff.newsletters.sending.forms import PlanForm
from dordt.staff.newsletters.trying_form import TryingForm

LONGEST_NUMBER = 10


@bp.route(f"/{NUMBER}/versturen/", methods=["GET", "POST"])
@requires(Right.SEND_NEWSLETTER)
def send(number: int) -> ResponseReturnValue:
    """What must be in order, to how many it goes, and the choice: now, or planned."""
    newsletter = numbered(number)
    if request.method == "POST":
        require_csrf()
        services.start_newsletter(number, at=clock.now(), by=member())
        flash("De nieuwsbrief wordt verstuurd. Hieronder ziet u hoe ver het is.", "ok")
        return redirect(url_for(".show", number=number), code=303)
    return _send_page(newsletter, _plan_form(newsletter), _trying_form())


@bp.post(f"/{NUMBER}/plannen/")
@requires(Right.SEND_NEWSLETTER)
def plan(number: int) -> ResponseReturnValue:
    """Let it start by itself; the same page, with what is wrong with the moments."""
    newsletter, at = numbered(number), clock.now()
    form = _plan_form(newsletter)
    if form.validate_on_submit():
        chosen = form.plan()
        services.plan_newsletter(number, chosen, at=at, by=member())
        moment = f"{dutch_day(chosen.starts_at)} om {dutch_time(chosen.starts_at)}"
        flash(" ".join([f"Gepland: het versturen begint vanzelf op {moment}.", *form.notes]), "ok")
        return redirect(url_for(".show", number=number), code=303)
    return _send_page(newsletter, form, _trying_form())


@bp.post(f"/{NUMBER}/testmail/")
@requires(Right.SEND_NEWSLETTER)
def try_out(number: int) -> ResponseReturnValue:
    """Send it as it is now to a few addresses; the same page, with what is wrong with them."""
    newsletter, form = numbered(number), _trying_form()
    if form.validate_on_submit() and _was_tried(number, form):
        return redirect(url_for(".send", number=number, _anchor="testmail"), code=303)
    return _send_page(newsletter, _plan_form(newsletter), form)


@bp.post(f"/{NUMBER}/planning-intrekken/")
@requires(Right.SEND_NEWSLETTER)
def withdraw(number: int) -> ResponseReturnValue:
    """Let it start no more by itself."""
    require_csrf()
    services.withdraw_plan(number, at=clock.now(), by=member())
    flash("De planning is ingetrokken. De nieuwsbrief blijft goedgekeurd en gaat niet vanzelf weg.", "ok")
    return redirect(url_for(".show", number=number), code=303)


@bp.post(f"/{NUMBER}/goedkeuren/")
@requires(Right.APPROVE_NEWSLETTER)
def approve(number: int) -> ResponseReturnValue:
    """It may be sent as it is."""
    require_csrf()
    is_new = services.approve_newsletter(number, at=clock.now(), by=member(), version=_seen_version())
    flash("De nieuwsbrief is goedgekeurd en kan worden verstuurd." if is_new else "Hij was al goedgekeurd.", "ok")
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


def _seen_version() -> int | None:
    """Which edit stood on the page with the button."""
    given = request.form.get("versie", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < LONGEST_NUMBER else None


def _was_tried(number: int, form: TryingForm) -> bool:
    """Send the test mails, or put the refusal beside the field."""
    try:
        count = test_mail.send_test(number, form.chosen, at=clock.now(), by=member())
    except test_mail.TestRefused as refused:
        form.addresses.errors = [str(refused)]
        return False
    words = f"De testmail is onderweg naar {count} {'adres' if count == 1 else 'adressen'}."
    flash(words if count else "De testmail was al onderweg. Hij gaat niet twee keer.", "ok")
    return True


def _plan_form(newsletter: Newsletter) -> PlanForm:
    return PlanForm(plans.plan_of(newsletter), at=clock.now())


def _trying_form() -> TryingForm:
    return TryingForm(member().email)


def _send_page(newsletter: Newsletter, form: PlanForm, trying_form: TryingForm) -> ResponseReturnValue:
    at, wrong = clock.now(), trying_form if trying_form.errors else form
    standing = audience.standing(newsletter)
    template = render_template(
        "staff/newsletters/send.html",
        newsletter=newsletter,
        form=form,
        trying_form=trying_form,
        wrong=wrong,
        standing=plans.standing_of(newsletter, at=at),
        findings=checks.findings(newsletter, at=at),
        approval=approval_of(newsletter, member()),
        approved_by=approved_by(newsletter),
        last_test=test_mail.last_test(newsletter),
        readers=standing,
        told=told(standing),
        for_whom=for_whom(newsletter),
        fate_words=FATE_WORDS,
        state_words=STATE_LABELS,
    )
    return template, wrong.status
