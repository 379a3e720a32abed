"""No step that mails, publishes or closes passes over what its writer has not seen; each staff page is looked at."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.contact import services as contact
from dordt.contact.models import Message, MessageStatus, Outcome
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState
from dordt.news import services as news
from dordt.news.models import Article, ArticleState
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.shared import clock
from dordt.shared.links import issue_token
from dordt.workgroups import services as workgroups
from dordt.workgroups.models import Membership, MembershipState
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter, make_started_newsletter
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber
from tests.factories.workgroups import make_membership
from tests.support.visitors import Visitor

NEWER = "Dit kwam er intussen bij."
TYPED = "Wij maken de bank volgende week."
COLLEAGUE = "Karin Collega"


def resident_adds(_number: int) -> None:
    message = db.session.get_one(Message, 1)
    token = issue_token(message.id, purpose="message", version=message.link_version)
    contact.add_to_message(token, NEWER, at=clock.now())


def colleague_notes(number: int) -> None:
    contact.add_note(number, NEWER, by=make_member(), at=clock.now())


def colleague_waits(number: int) -> None:
    by = make_member(name=COLLEAGUE)
    workgroups.decide_membership(number, MembershipState.WAITING, NEWER, by=by, at=clock.now())


def colleague_writes(number: int) -> None:
    article = db.session.get_one(Article, number)
    content = news.Content(NEWER, article.slug, article.intro, article.body)
    by = make_member(role="redacteur")
    news.save_article(number, content, edit_version=article.edit_version, by=by, at=clock.now())


def colleague_edits(number: int) -> None:
    newsletter = db.session.get_one(Newsletter, 1)
    content = replace(editing.content_of(newsletter), subject=NEWER)
    editing.edit_newsletter(number, content, at=clock.now(), by=make_member())


def colleague_edits_and_approves(number: int) -> None:
    colleague_edits(number)
    sending.approve_newsletter(number, at=clock.now())


def one_more_fails(_number: int) -> None:
    db.session.execute(sa.update(Delivery).values(state=DeliveryState.FAILED))
    db.session.commit()


def a_newsletter(state: NewsletterState) -> Any:
    make_subscriber()
    return make_newsletter(state, by=make_member())


def a_membership() -> Any:
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_membership(confirmed_at=clock.now())


@dataclass(frozen=True)
class Step:
    """What somebody else does while a member of staff writes, and what is posted then; `says`: what the page shows."""

    page: str
    make: Callable[[], Any]
    meanwhile: Callable[[int], None]
    typed: dict[str, str] = field(default_factory=dict)
    action: str = ""
    says: str = NEWER
    role: str = "beheerder"
    still: Callable[[Any], object] = lambda row: row.status

    @property
    def texts(self) -> list[str]:
        return [text for name, text in self.typed.items() if name in {"answer", "text", "body", "starts"}]


def of_state(row: Any) -> object:
    return row.state


MESSAGE, MEMBERSHIP = "/beheer/berichten/1/", "/beheer/werkgroepen/aanmeldingen/1/"
ARTICLE, NEWSLETTER = "/beheer/nieuws/1/", "/beheer/nieuwsbrieven/1/versturen/"
ANSWER = {"answer": TYPED, "answer_outcome": "planned"}
QUESTION = {"step": "waiting_for_resident", "text": TYPED}
ARTICLE_TYPED = {"title": "Bankje", "intro": "Kort.", "body": TYPED, "action": "publish"}
PLAN = {"starts": "2090-03-01T09:00", "window": "2"}
STEPS: dict[str, list[Step]] = {
    "contact.answer": [
        Step(MESSAGE, make_message, each, ANSWER, "/beheer/berichten/1/antwoord/")
        for each in (resident_adds, colleague_notes)
    ],
    "contact.change_status": [
        Step(MESSAGE, make_message, each, QUESTION, "/beheer/berichten/1/status/")
        for each in (resident_adds, colleague_notes)
    ],
    "workgroups.membership": [
        Step(MEMBERSHIP, a_membership, colleague_waits, {"decision": "approved", "text": TYPED}, still=of_state)
    ],
    "news.edit": [
        Step(
            ARTICLE,
            lambda: make_article(state=ArticleState.DRAFT, published_at=None, edit_version=1),
            colleague_writes,
            ARTICLE_TYPED,
            still=of_state,
        )
    ],
    "news.publish": [
        Step(
            ARTICLE,
            lambda: make_article(state=ArticleState.ARCHIVED, edit_version=1),
            colleague_writes,
            action=f"{ARTICLE}publiceren/",
            still=of_state,
        )
    ],
    "news.withdraw": [
        Step(
            ARTICLE,
            lambda: make_article(edit_version=1),
            colleague_writes,
            action=f"{ARTICLE}intrekken/",
            still=of_state,
        )
    ],
    "newsletters.approve": [
        Step(
            NEWSLETTER,
            lambda: a_newsletter(NewsletterState.DRAFT),
            colleague_edits,
            action="/beheer/nieuwsbrieven/1/goedkeuren/",
            still=of_state,
        )
    ],
    "newsletters.send": [
        Step(NEWSLETTER, lambda: a_newsletter(NewsletterState.APPROVED), colleague_edits_and_approves, still=of_state)
    ],
    "newsletters.cancel": [
        Step(
            "/beheer/nieuwsbrieven/1/",
            lambda: a_newsletter(NewsletterState.DRAFT),
            colleague_edits,
            action="/beheer/nieuwsbrieven/1/stoppen/",
            still=of_state,
        )
    ],
    "post.resend_newsletter": [
        Step(
            "/beheer/post/nieuwsbrief/1/opnieuw/?status=failed",
            lambda: make_started_newsletter(3, DeliveryState.FAILED, DeliveryState.FAILED),
            one_more_fails,
            action="/beheer/post/nieuwsbrief/1/opnieuw/",
            says="3 geweigerde e-mails",
            still=lambda row: outbox.progress(row.mail_id).get(DeliveryState.FAILED, 0),
        )
    ],
    "newsletters.plan": [
        Step(
            NEWSLETTER,
            lambda: a_newsletter(NewsletterState.APPROVED),
            colleague_edits_and_approves,
            PLAN,
            "/beheer/nieuwsbrieven/1/plannen/",
            still=of_state,
        )
    ],
}
SEARCHES = "only keeps what is searched for"
KEEPS = "keeps what was written, mails and closes nothing; who was overtaken is told by the form itself"
STARTS = "starts something new: nobody else can have written there"
STATE = "a button that asks the state alone, which the service checks; it says nothing to anybody"
READS = "hands out what is there"
ADDRESS = "is about one address, whose state the service checks"
WITHOUT = {
    "contact.search": SEARCHES,
    "workgroups.search": SEARCHES,
    "subscribers.search": SEARCHES,
    "post.search": SEARCHES,
    "post.search_suppressions": SEARCHES,
    "contact.assign": KEEPS,
    "contact.note": KEEPS,
    "drafts.keep": KEEPS,
    "drafts.discard": KEEPS,
    "drafts.put_back": KEEPS,
    "news.new": STARTS,
    "news.preview": KEEPS,
    "newsletters.new": STARTS,
    "newsletters.keep": KEEPS,
    "newsletters.edit": KEEPS,
    "newsletters.keep_template": STARTS,
    "newsletters.template": KEEPS,
    "newsletters.remove_template": STATE,
    "newsletters.try_out": "mails to addresses of the editor's own choice, and says that it is a test",
    "newsletters.report_deliveries": READS,
    "newsletters.withdraw": STATE,
    "newsletters.reopen": STATE,
    "newsletters.pause": STATE,
    "newsletters.resume": STATE,
    "subscribers.enter": STARTS,
    "subscribers.export": READS,
    "subscribers.export_proof": READS,
    "subscribers.take_proof": READS,
    "subscribers.imports": STARTS,
    "subscribers.start_import": STATE,
    "subscribers.withdraw_import": STATE,
    "subscribers.undo_import": STATE,
    "subscribers.unsubscribe": ADDRESS,
    "post.resend": ADDRESS,
    "post.new_suppression": ADDRESS,
    "post.release_suppression": ADDRESS,
    "post.handle_inbound": STATE,
    "post.reopen_inbound": STATE,
    "post.put_with_message": "adds what the resident wrote, and passes over nothing: it reopens what was closed",
}
NAMES_WHAT_WAS_SEEN = frozenset({"seen", "edit_version"})
CASES = [(name, step) for name, steps in STEPS.items() for step in steps]


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on this page that posts to `action`, or of whose buttons one does."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    form = next(form for form in forms if f'action="{action}"' in form)
    hidden = [tag for tag in re.findall(r"<input[^>]*>", form) if 'type="hidden"' in tag]
    hidden += [tag for tag in re.findall(r"<button[^>]*>", form) if f'formaction="{action}"' in tag and "name=" in tag]
    found = {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag) for tag in hidden}
    return {name: html.unescape(value[1]) if value else "" for name, value in found.items()} | {"website": ""}


def press(client: Visitor, page: str, step: Step, *, without: frozenset[str] = frozenset()) -> Any:
    action = step.action or step.page
    fields = {name: text for name, text in fields_of(page, action).items() if name not in without}
    return client.post(action, data=fields | step.typed)


def test_every_staff_post_is_in_one_of_the_tables(app: Flask):
    posts = {
        rule.endpoint.removeprefix("staff.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "POST" in (rule.methods or ())
    }

    accounts = {name for name in posts if name.startswith(("members.", "settings."))}  # residents read nothing of them
    assert posts - accounts == STEPS.keys() | WITHOUT.keys()
    assert not STEPS.keys() & WITHOUT.keys()


@pytest.mark.parametrize(("name", "step"), CASES, ids=[f"{name}-{step.meanwhile.__name__}" for name, step in CASES])
def test_what_was_not_seen_is_shown_first(staff_client, outbox, name: str, step: Step):
    row = step.make()
    assert row.id == 1
    client = staff_client(step.role)
    page = client.get(step.page).text
    assert NEWER not in page
    step.meanwhile(1)
    db.session.expire_all()
    before, state = len(outbox()), step.still(row)

    names_nothing = press(client, page, step, without=NAMES_WHAT_WAS_SEEN)
    refused = press(client, page, step)

    db.session.expire_all()
    assert names_nothing.status_code == 422
    assert (refused.status_code, len(outbox()), step.still(row)) == (422, before, state)
    assert step.says in refused.text
    shown = html.unescape(refused.text)
    assert all(text in shown for text in step.texts)

    again = press(client, refused.text, step)

    db.session.expire_all()
    assert again.status_code == 303
    assert step.still(row) != state


def test_a_colleague_who_decided_first_is_named_and_the_text_stays(staff_client, outbox):
    membership, client = a_membership(), staff_client("wijkmedewerker")
    page = client.get(MEMBERSHIP).text
    by = make_member(name=COLLEAGUE)
    workgroups.decide_membership(membership.id, MembershipState.APPROVED, "", by=by, at=clock.now())
    sent = len(outbox())
    step = Step(MEMBERSHIP, a_membership, colleague_waits, {"decision": "declined", "text": TYPED})

    answer = press(client, page, step)

    assert (answer.status_code, len(outbox())) == (422, sent)
    assert re.search(rf"{COLLEAGUE} besloot hier op .* uur over: doet mee\.", answer.text)
    assert TYPED in answer.text
    assert "Kies een mogelijkheid uit de lijst" not in answer.text


def test_a_resident_who_left_first_is_told_and_the_text_stays(staff_client, outbox):
    membership, client = a_membership(), staff_client("wijkmedewerker")
    page = client.get(MEMBERSHIP).text
    db.session.get_one(Membership, membership.id).state = MembershipState.LEFT
    membership.left_at = clock.now()
    step = Step(MEMBERSHIP, a_membership, colleague_waits, {"decision": "approved", "text": TYPED})

    answer = press(client, page, step)

    assert (answer.status_code, outbox()) == (422, [])
    assert "De bewoner heeft zich op" in answer.text
    assert TYPED in answer.text


@pytest.mark.parametrize("name", ["contact.answer", "contact.change_status"])
@pytest.mark.parametrize("closed", [MessageStatus.ANSWERED, MessageStatus.DECLINED, MessageStatus.UNWANTED])
def test_a_colleague_who_closed_first_is_named_and_the_text_stays(staff_client, outbox, name: str, closed):
    message, client, step = make_message(), staff_client("wijkmedewerker"), STEPS[name][0]
    page = client.get(MESSAGE).text
    by, ended = make_member(name=COLLEAGUE), closed is not MessageStatus.UNWANTED
    outcome = Outcome.DONE if ended else None
    contact.change_status(message.id, closed, text=NEWER, outcome=outcome, by=by, at=clock.now())
    sent = len(outbox())

    answer = press(client, page, step)

    assert (answer.status_code, len(outbox())) == (422, sent)
    assert f"{COLLEAGUE} zette dit bericht op" in answer.text
    assert (NEWER in answer.text, TYPED in answer.text) == (True, True)
    assert "Kies een mogelijkheid uit de lijst" not in answer.text


def test_what_i_wrote_myself_in_another_window_is_nothing_new(staff_client):
    make_message()
    client, step = staff_client("wijkmedewerker"), STEPS["contact.answer"][0]
    page = client.get(MESSAGE).text
    client.post(f"{MESSAGE}notitie/", data={"note": "Bellen."})

    assert press(client, page, step).status_code == 303


def test_who_forgot_something_has_still_not_seen_what_came_in_between(staff_client, outbox):
    make_message()
    client, step = staff_client("wijkmedewerker"), STEPS["contact.answer"][0]
    page = client.get(MESSAGE).text
    resident_adds(1)
    unfinished = press(client, page, replace(step, typed={"answer": TYPED}))
    sent = len(outbox())

    answer = press(client, unfinished.text, step)

    assert (unfinished.status_code, answer.status_code, len(outbox())) == (422, 422, sent)
    assert "Nieuw:" in answer.text
