"""No long text of the staff is lost: each form with one is found, and every button of its page is pressed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import TextAreaField

from dordt.accounts import services as accounts
from dordt.audit.models import AuditEntry
from dordt.contact import services as contact
from dordt.contact.models import Message, MessageStatus, Outcome
from dordt.drafts import services
from dordt.drafts.models import Draft
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.news import services as news
from dordt.news.models import Article
from dordt.shared import clock
from dordt.shared.forms import CSRF_TEXT, DraftForm
from dordt.staff.drafts import keeping
from dordt.workgroups.models import Membership
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.news import make_article
from tests.factories.places import make_neighbourhood
from tests.factories.workgroups import make_membership
from tests.guards.modules import form_classes
from tests.support.posting_forms import PostingForm, forms_of
from tests.support.seeded import endpoint_of
from tests.support.visitors import Visitor

WITHOUT = {
    "BlockForm": "the composer keeps it by itself",
    "TestMailForm": "a few addresses, of which one's own is filled in",
    **dict.fromkeys(("JoinWorkgroupForm", "WriteMessageForm", "AddToMessageForm", "ReasonForm"), "of residents"),
}
# What a form needs besides texts to be sent.
VALID = {
    "contact.answer": {"answer_outcome": "done"},
    "contact.note": {},
    "contact.change_status": {"step": "in_progress", "outcome": ""},
    "workgroups.membership": {"decision": "approved"},
    "news.edit": {"action": "save"},
    "news.new": {"action": "save", "slug": ""},
}
MARKER = "Hier schrijft iemand een lange tekst"


def a_membership() -> Membership:
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_membership(confirmed_at=clock.now())


MAKERS: dict[str, Callable[[], Any]] = {
    "message": make_message,
    "membership": a_membership,
    "article": lambda: make_article(edit_version=1),
}


def long_forms() -> Iterator[type[Any]]:
    for dotted in sorted(form_classes()):
        module, _, name = dotted.rpartition(".")
        each = getattr(import_module(module), name)
        if any(getattr(field, "field_class", None) is TextAreaField for field in vars(each).values()):
            yield each


@dataclass(eq=False)
class Desk:
    """A member of staff at the page of one form with a draft."""

    visitor: Visitor
    endpoint: str
    subject_id: int
    page: str
    texts: list[str]  # the long ones of that form

    @classmethod
    def at(cls, app: Flask, endpoint: str, visitor: Visitor) -> "Desk":
        """The page of something new."""
        drafted = keeping.DRAFTED[endpoint]
        subject_id = 0 if drafted.is_new else MAKERS[drafted.subject_type]().id
        with app.test_request_context():
            values = {} if drafted.is_new else {drafted.argument: subject_id}
            page, form = url_for(f"staff.{drafted.page}", **values), drafted.build(subject_id, MultiDict())
            texts = [field.name for field in form or () if isinstance(field, TextAreaField)]
        return cls(visitor, endpoint, subject_id, page, texts)

    def ways(self) -> dict[str, PostingForm]:
        """In how many ways the buttons of the page send the text, by endpoint."""
        forms = forms_of(self.visitor.get(self.page).text, self.page)
        app = self.visitor.application
        return {
            (endpoint_of(app, form.action, "POST") or "").removeprefix("staff."): form
            for form in forms
            if set(self.texts) <= form.texts.keys()
        }

    def press(self, way: PostingForm, **others: str) -> TestResponse:
        """Type in the long texts, and nothing in the other forms."""
        typed = dict.fromkeys(way.texts, "") | dict.fromkeys(self.texts, MARKER)
        answer: TestResponse = self.visitor.post(way.action, data=typed | self.others(way) | others)
        return answer

    @property
    def address(self) -> str:
        """Where the script of the page keeps what is typed."""
        return f"/beheer/concepten/{keeping.DRAFTED[self.endpoint].subject_type}/{self.subject_id}/bewaren/"

    def keep(self, way: PostingForm) -> dict[str, str]:
        """Type, and have the script keep it."""
        answer: dict[str, str] = self.press(replace(way, action=self.address)).json
        return answer

    def others(self, way: PostingForm) -> dict[str, str]:
        """The other fields: no choice of another form, and a title for what asks one."""
        chosen = {name: text for name, text in way.values.items() if name not in {"step", "outcome", "answer_outcome"}}
        return chosen | {name: MARKER for name in ("title",) if name in way.texts}

    def stands_there(self) -> bool:
        """Whether the page shows the text, with how old it is."""
        page = self.visitor.get(self.page).text
        return "Uw concept van" in page and page.count(MARKER) >= len(self.texts)

    def draft(self) -> Draft | None:
        found = db.session.scalar(Draft.of(self.visitor.member.id, self.endpoint, self.subject_id))
        db.session.rollback()
        return found


def test_every_long_text_of_the_staff_has_a_draft():
    with_draft = {each.__name__ for each in long_forms() if issubclass(each, DraftForm)}

    assert {each.__name__ for each in long_forms()} == with_draft | WITHOUT.keys()
    assert len(with_draft) == 5
    assert keeping.DRAFTED.keys() == VALID.keys()


@pytest.mark.parametrize("endpoint", VALID)
def test_no_button_of_the_page_loses_the_text_and_sending_it_ends_the_draft(app: Flask, staff_client, endpoint: str):
    desk = Desk.at(app, endpoint, staff_client())
    ways = desk.ways()
    lost = []
    for name, way in ways.items():
        if name != endpoint:
            answer = desk.press(way)
            if answer.status_code not in {303, 422} or not desk.stands_there():
                lost.append(f"{name}: {answer.status}")

    assert lost == []
    if endpoint == "news.edit":  # after it was withdrawn
        assert "Dit nieuwsbericht is na uw concept gewijzigd" not in desk.visitor.get(desk.page).text
    refused = desk.press(desk.ways()[endpoint], csrf_token="van-vorige-week")
    assert (refused.status_code, CSRF_TEXT in refused.text, MARKER in refused.text) == (400, True, True)
    desk.keep(ways[endpoint])
    assert desk.draft()
    sent = desk.press(desk.ways()[endpoint], **VALID[endpoint])

    assert (sent.status_code, desk.draft()) == (303, None)


@pytest.mark.parametrize("endpoint", VALID)
def test_a_draft_is_kept_by_the_script_thrown_away_and_put_back(app: Flask, staff_client, endpoint: str):
    desk = Desk.at(app, endpoint, staff_client())
    way = desk.ways()[endpoint]
    assert f'data-drafts="{desk.address}"' in desk.visitor.get(desk.page).text

    assert desk.keep(way)["kept"].startswith("Concept bewaard om ")
    assert desk.stands_there()
    for step, is_there in (("drafts.discard", False), ("drafts.put_back", True)):
        (button,) = [form for name, form in buttons_of(desk) if name == step]
        assert desk.visitor.post(button.action, data=button.values).status_code == 303
        assert desk.stands_there() is is_there
    other = staff_client()
    assert MARKER not in other.get(desk.page).text

    empty = dict.fromkeys(way.texts, "") | desk.others(way) | as_it_began(desk)  # as in a window opened before
    first, second = ((desk.visitor.post(desk.address, data=empty), desk.draft()) for _time in range(2))
    assert (first[0].status_code, desk.stands_there()) == (200, False)
    assert first[1].discarded_at == second[1].discarded_at
    (button,) = [form for name, form in buttons_of(desk) if name == "drafts.put_back"]
    desk.visitor.post(button.action, data=button.values | {"csrf_token": desk.visitor.csrf_token()})
    assert desk.stands_there()


def test_of_a_step_that_failed_halfway_nothing_but_the_text_is_stored(app: Flask, staff_client, monkeypatch):
    desk = Desk.at(app, "contact.answer", staff_client())
    way = desk.ways()["contact.answer"]

    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("a template that does not render")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(outbox, "enqueue", fail)
    answer = desk.press(way, **VALID["contact.answer"])

    message = db.session.get_one(Message, desk.subject_id)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")
    assert (message.status, message.entries) == (MessageStatus.NEW, [])
    assert desk.draft()


def test_a_script_hears_that_there_is_nothing_to_keep_it_with(app: Flask, staff_client):
    desk = Desk.at(app, "contact.note", staff_client())
    way = replace(desk.ways()["contact.note"], action=desk.address)
    db.session.execute(sa.delete(Message))
    db.session.commit()

    assert desk.press(way).status_code == 404


def as_it_began(desk: Desk) -> dict[str, str]:
    """An article is not empty at first."""
    article = db.session.get(Article, desk.subject_id) if desk.endpoint == "news.edit" else None
    return {name: getattr(article, name) if article else "" for name in ("title", "intro", "body")}


def buttons_of(desk: Desk) -> list[tuple[str, PostingForm]]:
    forms = forms_of(desk.visitor.get(desk.page).text, desk.page)
    app = desk.visitor.application
    return [((endpoint_of(app, form.action, "POST") or "").removeprefix("staff."), form) for form in forms]


def a_draft(app: Flask, visitor: Visitor, endpoint: str = "news.edit") -> Desk:
    desk = Desk.at(app, endpoint, visitor)
    desk.press(desk.ways()[endpoint], csrf_token=visitor.csrf_token(), action="preview")
    assert desk.draft()
    return desk


def test_a_draft_from_before_what_another_saved_says_so_and_does_not_win_silently(app: Flask, staff_client):
    desk = a_draft(app, staff_client())
    article = db.session.get_one(Article, desk.subject_id)
    newer = news.Content("Nieuwe titel", article.slug, "Nieuwe inleiding", "Wat een collega bewaarde.")
    news.save_article(article.id, newer, edit_version=article.edit_version, by=make_member(), at=clock.now())

    page = desk.visitor.get(desk.page).text

    assert "Dit nieuwsbericht is na uw concept gewijzigd" in page
    assert (MARKER in page, "Wat een collega bewaarde." in page) == (True, True)


def test_an_answer_that_a_colleague_made_needless_can_still_be_copied(app: Flask, staff_client):
    visitor = staff_client()
    desk = Desk.at(app, "contact.answer", visitor)
    desk.press(desk.ways()["contact.note"])
    by, outcome = make_member(), Outcome.DONE
    contact.answer_message(desk.subject_id, "Gedaan.", outcome, by=by, at=clock.now())

    page = visitor.get(desk.page).text

    assert (MARKER in page, "Uw tekst is niet verstuurd" in page) == (True, True)


def test_what_came_in_after_a_draft_is_marked_as_new(app: Flask, staff_client):
    desk = Desk.at(app, "contact.answer", staff_client())
    desk.press(desk.ways()["contact.note"], note="Dit schreef ik zelf.")
    assert "Nieuw:" not in desk.visitor.get(desk.page).text
    contact.add_by_mail(desk.subject_id, "Het is nu erger.", at=clock.now())
    db.session.commit()

    page = desk.visitor.get(desk.page).text

    assert (MARKER in page, page.count("Nieuw:")) == (True, 1)


def test_drafts_go_with_time_with_their_row_and_with_the_account(app: Flask, staff_client):
    old, orphan, thrown, fresh, left = (a_draft(app, staff_client()) for _ in range(5))
    at = clock.now()
    changes = {old: {"saved_at": at - services.KEPT_FOR}, thrown: {"discarded_at": at - services.PUT_BACK_WITHIN}}
    for desk, values in changes.items():
        db.session.execute(sa.update(Draft).where(Draft.subject_id == desk.subject_id).values(**values))
    db.session.execute(sa.delete(Article).where(Article.id == orphan.subject_id))
    db.session.commit()

    assert services.erase_old(at=at + timedelta(minutes=1)) == 3
    accounts.disable_member(left.visitor.member.id, by=fresh.visitor.member, at=at)
    assert [bool(desk.draft()) for desk in (old, orphan, thrown, fresh, left)] == [False, False, False, True, False]


def test_no_text_stands_in_the_log(app: Flask, staff_client):
    desk = a_draft(app, staff_client())

    found = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.actor_id == desk.visitor.member.id)).all()

    assert [entry for entry in found if MARKER in repr(entry.detail)] == []
