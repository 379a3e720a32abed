"""Sending is impossible without approval, readers, a way out and a newsletter in order; the server says so itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.models import Delivery, Mail, Suppression, SuppressionScope
from dordt.news.models import ArticleState
from dordt.newsletters.content import rendering
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import plans
from dordt.newsletters.sending import services as sending
from dordt.newsletters.transitions import newsletter_numbered
from dordt.shared import clock
from dordt.subscribers.models import SubscriberState
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

State = NewsletterState
Prepare = Callable[[pytest.MonkeyPatch], Newsletter]
LATER = "2099-03-01T09:00"


def never_approved(_patch: pytest.MonkeyPatch) -> Newsletter:
    make_subscriber()
    return make_newsletter()


def approved_only_in_name(_patch: pytest.MonkeyPatch) -> Newsletter:
    """The state alone proves nothing: no approval was given."""
    make_subscriber()
    newsletter = make_newsletter(State.APPROVED)
    newsletter.approved_at = None
    return newsletter


def changed_since_it_was_approved(_patch: pytest.MonkeyPatch) -> Newsletter:
    make_subscriber()
    newsletter = make_newsletter(State.APPROVED)
    content = NewsletterContent("Iets anders", "Dit wist niemand.")
    editing.edit_newsletter(newsletter.id, content, at=clock.now())
    newsletter.state = State.APPROVED  # as somebody could who writes in the database
    return newsletter


def nobody_confirmed(_patch: pytest.MonkeyPatch) -> Newsletter:
    for state in (SubscriberState.UNCONFIRMED, SubscriberState.UNSUBSCRIBED):
        make_subscriber(state)
    return make_newsletter(State.APPROVED)


def nobody_chose_this(_patch: pytest.MonkeyPatch) -> Newsletter:
    here, there = (make_neighbourhood(slug=slug, name=slug.capitalize()) for slug in ("hier", "daar"))
    make_subscriber(neighbourhoods=[there])
    return make_newsletter(State.APPROVED, neighbourhoods=[here.slug])


def nobody_can_be_mailed(_patch: pytest.MonkeyPatch) -> Newsletter:
    reader = make_subscriber()
    everything = {"scope": SuppressionScope.ALL, "reason": "kwam terug", "since": clock.now()}
    db.session.add(Suppression(address_key=reader.email_key, **everything))
    return make_newsletter(State.APPROVED)


def an_article_was_taken_off_the_site(_patch: pytest.MonkeyPatch) -> Newsletter:
    make_subscriber()
    article = make_article()
    newsletter = make_newsletter(State.APPROVED, articles=[article])
    article.state = ArticleState.ARCHIVED
    return newsletter


def _with_draft(patch: pytest.MonkeyPatch, **changes: object) -> Newsletter:
    """A newsletter of which the rendering, by some fault of ours, makes this."""
    make_subscriber()
    newsletter, usual = make_newsletter(State.APPROVED), rendering.draft_of

    def faulty(*given: Any) -> object:
        draft = usual(*given)
        return replace(draft, **{name: change(getattr(draft, name)) for name, change in changes.items()})

    patch.setattr(rendering, "draft_of", faulty)
    return newsletter


def no_way_out_in_the_headers(patch: pytest.MonkeyPatch) -> Newsletter:
    return _with_draft(patch, headers=lambda headers: {})


def no_way_out_in_the_text(patch: pytest.MonkeyPatch) -> Newsletter:
    return _with_draft(patch, text=lambda text: text.replace("/nieuwsbrief/afmelden/", "/nieuwsbrief/"))


def no_way_out_in_the_html(patch: pytest.MonkeyPatch) -> Newsletter:
    return _with_draft(patch, html=lambda html: html.replace("/nieuwsbrief/afmelden/", "/nieuwsbrief/"))


def one_way_out_for_all(patch: pytest.MonkeyPatch) -> Newsletter:
    """Without its purpose nobody would get a link of their own."""
    return _with_draft(patch, token_purpose=lambda _purpose: None)


REFUSED = {
    never_approved: "staat op ‘Concept’",
    approved_only_in_name: "Deze nieuwsbrief is niet goedgekeurd zoals hij nu is.",
    changed_since_it_was_approved: "Deze nieuwsbrief is niet goedgekeurd zoals hij nu is.",
    an_article_was_taken_off_the_site: "staat niet op de site. Publiceer het of haal het uit de nieuwsbrief.",
    no_way_out_in_the_headers: "De link om u af te melden ontbreekt",
    no_way_out_in_the_text: "De link om u af te melden ontbreekt",
    no_way_out_in_the_html: "De link om u af te melden ontbreekt",
    one_way_out_for_all: "De link om u af te melden ontbreekt",
}
WITHOUT_READERS = {  # a plan may be made all the same: who reads it is settled when it starts
    nobody_confirmed: "Er zijn nog geen abonnees die hun aanmelding hebben bevestigd.",
    nobody_chose_this: "Geen enkele abonnee koos deze wijken en thema’s.",
    nobody_can_be_mailed: "Niemand krijgt deze nieuwsbrief",
}
CASES = {**REFUSED, **WITHOUT_READERS}
APPROVED = {case: words for case, words in CASES.items() if case is not never_approved}
named = {"ids": lambda value: value.__name__ if callable(value) else ""}
each_case = pytest.mark.parametrize(("prepare", "words"), CASES.items(), **named)
each_approved = pytest.mark.parametrize(("prepare", "words"), APPROVED.items(), **named)
each_refused = pytest.mark.parametrize(("prepare", "words"), REFUSED.items(), **named)


@pytest.fixture
def prepared(app: Flask, prepare: Prepare, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a newsletter that must not go."""
    number = prepare(monkeypatch).id
    db.session.commit()
    return number


def assert_nothing_happened() -> None:
    db.session.rollback()
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Mail))
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Delivery))
    newsletter = db.session.scalars(sa.select(Newsletter)).one()
    assert newsletter.state in {State.DRAFT, State.APPROVED, State.SCHEDULED}
    assert (newsletter.mail_id, newsletter.started_at, newsletter.exclusions) == (None, None, None)
    done = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_type == "newsletter")).all()
    assert "newsletter.started" not in done


def seen(newsletter_id: int) -> dict[str, str]:
    """What the page with the button says of the edit that it shows."""
    return {"seen": str(db.session.get_one(Newsletter, newsletter_id).edit_version)}


@each_case
def test_a_post_that_starts_it_is_refused(prepared: int, words: str, staff_client: Callable[..., Visitor]):
    answer = staff_client("beheerder").post(f"/beheer/nieuwsbrieven/{prepared}/versturen/", data=seen(prepared))

    assert answer.status_code == 409
    assert words in answer.text
    assert_nothing_happened()


@each_refused
def test_a_post_that_plans_it_is_refused(prepared: int, words: str, staff_client: Callable[..., Visitor]):
    plan = {**seen(prepared), "starts": LATER, "window": "2"}

    answer = staff_client("beheerder").post(f"/beheer/nieuwsbrieven/{prepared}/plannen/", data=plan)

    assert answer.status_code == 409
    assert words in answer.text
    assert_nothing_happened()
    assert db.session.scalars(sa.select(Newsletter.scheduled_at)).one() is None


@each_case
def test_the_command_line_refuses_it(app: Flask, prepared: int, words: str):
    result = app.test_cli_runner().invoke(args=["newsletter", "send", str(prepared)])

    assert result.exit_code == 1
    assert words in result.output
    assert_nothing_happened()


@each_refused
def test_the_command_line_refuses_to_plan_it(app: Flask, prepared: int, words: str):
    result = app.test_cli_runner().invoke(args=["newsletter", "send", str(prepared), "--at", LATER])

    assert result.exit_code == 1
    assert words in result.output
    assert_nothing_happened()


@each_approved
def test_a_plan_that_comes_due_starts_nothing_and_notes_why(prepared: int, words: str):
    newsletter, at = newsletter_numbered(prepared), clock.now()
    newsletter.state, newsletter.scheduled_at = State.SCHEDULED, at - timedelta(minutes=1)
    newsletter.latest_start_at = at + timedelta(hours=1)
    db.session.commit()

    sending.start_due(at=at)

    assert_nothing_happened()
    status = plans.status_of(newsletter_numbered(prepared), at=at)
    assert words in str(status.reason)


@pytest.mark.parametrize("prepare", [case for case in REFUSED if "approved" not in case.__name__], **named)
def test_approving_what_is_not_in_order_is_refused(prepared: int, staff_client: Callable[..., Visitor]):
    newsletter = newsletter_numbered(prepared)
    newsletter.state, newsletter.approved_at = State.DRAFT, None
    db.session.commit()

    answer = staff_client("beheerder").post(f"/beheer/nieuwsbrieven/{prepared}/goedkeuren/", data=seen(prepared))

    assert answer.status_code == 409
    assert newsletter_numbered(prepared).state == State.DRAFT
