"""From a finished newsletter to the mailer: its readers, checks, approval, test mails, plan, start and stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import CAUSE_LABELS, DELIVERY_LABELS
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState, SuppressionScope
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.rules import domain_of
from dordt.newsletters import checks
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience, plans, policy, services
from dordt.newsletters.sending.audience import RecipientStatus
from dordt.shared import clock
from dordt.shared.formats import dutch_date, dutch_day, dutch_time
from dordt.shared.forms import require_csrf
from dordt.shared.problems import ChangedMeanwhile
from dordt.shared.reading import Page, page_of_many, read_only, rows
from dordt.shared.requests import whole_number
from dordt.staff.access import is_open, may, member
from dordt.staff.newsletters import NEWSLETTER, bp, numbered
from dordt.staff.newsletters.labels import RECIPIENT_LABELS, approved_by, audience_summary, for_whom, frozen_summary
from dordt.staff.newsletters.sending.forms import PlanForm, TestMailForm
from dordt.subscribers.models import Subscriber

PER_PAGE = 50
SCOPES = (SuppressionScope.ALL, SuppressionScope.NEWSLETTER)


@bp.route(f"/{NEWSLETTER}/versturen/", methods=["GET", "POST"])
def send(newsletter_id: int) -> ResponseReturnValue:
    """What must be in order, to how many it goes, and the choice: now, or planned."""
    if request.method == "POST":
        require_csrf()
        try:
            services.start_newsletter(newsletter_id, at=clock.now(), by=member(), version=seen_version())
        except ChangedMeanwhile as refused:
            return _overtaken(newsletter_id, refused)
        flash("De nieuwsbrief wordt verstuurd. Hieronder ziet u hoe ver het is.", "ok")
        return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)
    newsletter = numbered(newsletter_id)
    return _send_page(newsletter, _plan_form(newsletter), _test_mail_form())


@bp.post(f"/{NEWSLETTER}/plannen/")
def plan(newsletter_id: int) -> ResponseReturnValue:
    """Let it start by itself; the same page, with what is wrong with the moments."""
    newsletter, at = numbered(newsletter_id), clock.now()
    form = _plan_form(newsletter)
    if form.validate_on_submit():
        chosen = form.plan()
        try:
            services.plan_newsletter(newsletter_id, chosen, at=at, by=member(), version=seen_version())
        except ChangedMeanwhile as refused:
            return _overtaken(newsletter_id, refused)
        moment = f"{dutch_day(chosen.starts_at)} om {dutch_time(chosen.starts_at)}"
        flash(" ".join([f"Gepland: het versturen begint vanzelf op {moment}.", *form.notes]), "ok")
        return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)
    return _send_page(newsletter, form, _test_mail_form())


@bp.post(f"/{NEWSLETTER}/testmail/")
def try_out(newsletter_id: int) -> ResponseReturnValue:
    """Send it as it is now to a few addresses; the same page, with what is wrong with them."""
    newsletter, form = numbered(newsletter_id), _test_mail_form()
    if form.validate_on_submit() and _was_tried(newsletter_id, form):
        return redirect(url_for(".send", newsletter_id=newsletter_id, _anchor="testmail"), code=303)
    return _send_page(newsletter, _plan_form(newsletter), form)


@bp.post(f"/{NEWSLETTER}/planning-intrekken/")
def withdraw(newsletter_id: int) -> ResponseReturnValue:
    """Let it start no more by itself."""
    require_csrf()
    services.withdraw_plan(newsletter_id, at=clock.now(), by=member())
    flash("De planning is ingetrokken. De nieuwsbrief blijft goedgekeurd en gaat niet vanzelf weg.", "ok")
    return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)


@bp.post(f"/{NEWSLETTER}/goedkeuren/")
def approve(newsletter_id: int) -> ResponseReturnValue:
    """It may be sent as it is."""
    require_csrf()
    try:
        is_new = services.approve_newsletter(newsletter_id, at=clock.now(), by=member(), version=seen_version())
    except ChangedMeanwhile as refused:
        return _overtaken(newsletter_id, refused)
    flash("De nieuwsbrief is goedgekeurd en kan worden verstuurd." if is_new else "Hij was al goedgekeurd.", "ok")
    return redirect(url_for(".send", newsletter_id=newsletter_id), code=303)


@bp.post(f"/{NEWSLETTER}/pauzeren/")
def pause(newsletter_id: int) -> ResponseReturnValue:
    """Let nothing more leave for now."""
    require_csrf()
    services.pause_newsletter(newsletter_id, at=clock.now(), by=member())
    flash("Het versturen staat stil. Wat al onderweg was, komt nog aan.", "ok")
    return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)


@bp.post(f"/{NEWSLETTER}/hervatten/")
def resume(newsletter_id: int) -> ResponseReturnValue:
    """Go on where it stopped."""
    require_csrf()
    services.resume_newsletter(newsletter_id, at=clock.now(), by=member())
    flash("Het versturen gaat verder.", "ok")
    return redirect(url_for(".show", newsletter_id=newsletter_id), code=303)


@bp.get("/doelgroep/")
def reach() -> ResponseReturnValue:
    """How many a choice reaches, for audience.js: wijken and topics by slug, an earlier newsletter by id."""
    wijken, topics = request.args.getlist("wijk"), request.args.getlist("thema")
    not_to = whole_number(request.args.get("niet_aan")) or None
    counted = audience.count(audience.choice_named(wijken, topics, not_to))
    reasons = {reason.value: count for reason, count in counted.reasons.items()}
    return {"gets": counted.gets, "left_out": reasons, "text": audience_summary(counted).text}


@bp.get(f"/{NEWSLETTER}/lezers/")
def people(newsletter_id: int) -> ResponseReturnValue:
    """Who they are, for whoever may see that; how many, for everybody here. Looking at the list is noted."""
    newsletter = numbered(newsletter_id)
    may_see = may(Right.SEE_CONTACT_DETAILS) and is_open("staff.subscribers")
    if may_see:
        audit.record_reading(member().id, subject=("newsletter", newsletter.id), at=clock.now())
        newsletter = numbered(newsletter_id)
    show = would_get if newsletter.mail_id is None else was_frozen
    values = show(newsletter, request.args.get("status", ""), request.args.get("pagina"), may_see=may_see)
    return render_template("staff/newsletters/readers.html", newsletter=newsletter, may_see=may_see, **values)


def seen_version() -> int:
    """Which edit stood on the page with the button; a request that names none saw none, and is shown the page."""
    return whole_number(request.form.get("seen")) or 0


def _overtaken(newsletter_id: int, refused: ChangedMeanwhile) -> ResponseReturnValue:
    """The same page as it is now, with what was typed; nothing was approved, planned or sent."""
    newsletter = numbered(newsletter_id)
    form = _plan_form(newsletter)
    form.refuse(refused)
    return _send_page(newsletter, form, _test_mail_form())


def _was_tried(newsletter_id: int, form: TestMailForm) -> bool:
    """Send the test mails, or put the refusal beside the field."""
    try:
        count = test_mail.send_test(newsletter_id, form.chosen, at=clock.now(), by=member())
    except test_mail.TestRefused as refused:
        form.addresses.errors = [str(refused)]
        return False
    words = f"De testmail is onderweg naar {count} {'adres' if count == 1 else 'adressen'}."
    flash(words if count else "De testmail was al onderweg. Hij gaat niet twee keer.", "ok")
    return True


def _plan_form(newsletter: Newsletter) -> PlanForm:
    return PlanForm(plans.plan_of(newsletter), at=clock.now())


def _test_mail_form() -> TestMailForm:
    return TestMailForm(member().email)


def _send_page(newsletter: Newsletter, form: PlanForm, test_mail_form: TestMailForm) -> ResponseReturnValue:
    at, wrong = clock.now(), test_mail_form if test_mail_form.errors else form
    with read_only():
        form.note_seen(newsletter.edit_version)
        counted = audience.count(newsletter)
        template = render_template(
            "staff/newsletters/send.html",
            newsletter=newsletter,
            form=form,
            test_mail_form=test_mail_form,
            wrong=wrong,
            plan_status=plans.status_of(newsletter, at=at),
            findings=checks.findings(newsletter, at=at),
            approval=policy.approval_of(newsletter, member()),
            approved_by=approved_by(newsletter),
            last_test=test_mail.last_test(newsletter),
            readers=counted,
            audience_summary=audience_summary(counted),
            for_whom=for_whom(newsletter),
            recipient_labels=RECIPIENT_LABELS,
            state_labels=STATE_LABELS,
        )
    return template, wrong.status


@dataclass(frozen=True)
class ListedSubscriber:
    """One of them, what they chose, and why they do not get it (empty for those who do)."""

    subscriber: Subscriber
    reason: str

    @property
    def choices(self) -> str:
        """Wijken and topics in one line."""
        wijken = ", ".join(wijk.name for wijk in self.subscriber.neighbourhoods)
        topics = ", ".join(topic.name for topic in self.subscriber.topics)
        return f"{wijken or 'Alle wijken'} · {topics or 'alle thema’s'}"


@dataclass(frozen=True)
class StatusFilter:
    """A filter above the list: what stands in the address, how it is called, and how many there are."""

    value: str
    label: str
    count: int


def subscribers_with(newsletter: Newsletter, status: RecipientStatus, number: str | None) -> Page[ListedSubscriber]:
    """One page of those for whom it means this."""
    options = (selectinload(Subscriber.neighbourhoods), selectinload(Subscriber.topics))
    found = page_of_many(audience.people(newsletter, status).options(*options), number, per_page=PER_PAGE)
    causes = _causes(found.items) if status is RecipientStatus.SUPPRESSED else {}
    items = [ListedSubscriber(each, _reason(each, status, newsletter, causes)) for each in found.items]
    return Page(items, found.number, found.pages, found.total)


def would_get(newsletter: Newsletter, chosen: str, number: str | None, *, may_see: bool) -> dict[str, Any]:
    """What the page shows before the start: those whose choices match, by what the newsletter means for them."""
    counted = audience.count(newsletter)
    status = RecipientStatus(chosen) if chosen in list(RecipientStatus) else RecipientStatus.GETS
    return {
        "page": subscribers_with(newsletter, status, number) if may_see else None,
        "groups": [StatusFilter(each.value, RECIPIENT_LABELS[each], count) for each, count in counted.counts.items()],
        "total": counted.matching,
        "chosen": status.value,
        "audience_summary": audience_summary(counted),
        "chosen_for": for_whom(newsletter),
    }


def was_frozen(newsletter: Newsletter, chosen: str, number: str | None, *, may_see: bool) -> dict[str, Any]:
    """What the page shows after it: the deliveries as they were frozen, by their state."""
    mail_id = newsletter.mail_id or 0
    state = DeliveryState(chosen) if chosen in list(DeliveryState) else None
    counts = outbox.progress(mail_id)
    found = ((each, words, counts.get(each)) for each, words in DELIVERY_LABELS.items())
    return {
        "page": page_of_many(Delivery.of_mail(mail_id, state), number, per_page=PER_PAGE) if may_see else None,
        "groups": [StatusFilter(each.value, words, count) for each, words, count in found if count],
        "total": sum(counts.values()),
        "chosen": state.value if state else "",
        "audience_summary": frozen_summary(newsletter),
        "state_labels": DELIVERY_LABELS,
    }


def _reason(subscriber: Subscriber, status: RecipientStatus, newsletter: Newsletter, causes: dict[str, str]) -> str:
    if status is RecipientStatus.GETS:
        return ""
    if status is RecipientStatus.PAUSED and subscriber.paused_until:
        return f"Pauze tot {dutch_date(subscriber.paused_until)}"
    if status is RecipientStatus.ALREADY and newsletter.not_to:
        return f"Kreeg {newsletter.not_to.name} al"
    cause = causes.get(subscriber.email_key) or causes.get(domain_of(subscriber.email_key))
    return f"{RECIPIENT_LABELS[status]}: {cause.lower()}" if cause else RECIPIENT_LABELS[status]


def _causes(subscribers: Sequence[Subscriber]) -> dict[str, str]:
    """Why an address or a domain gets nothing, by its key."""
    keys = {each.email_key for each in subscribers}
    keys |= {domain_of(key) for key in keys}
    found = rows(suppression_list.of_keys(keys, SCOPES))
    return {suppression.address_key: CAUSE_LABELS[suppression.cause] for suppression in found}
