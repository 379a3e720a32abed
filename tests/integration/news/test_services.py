"""Writing, publishing and withdrawing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.news import services
from dordt.news.models import Article, ArticleState
from tests.factories.accounts import make_member
from tests.factories.news import make_article

AT = datetime(2027, 3, 9, 10, tzinfo=UTC)
CONTENT = services.Content(title="Een park", slug="een-park", intro="Inleiding.", body="Tekst.")


@pytest.fixture
def editor(app):
    return make_member(role="redacteur", name="Ria Redacteur")


def actions() -> list[tuple[str, str]]:
    found = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.subject_type == "article").order_by(AuditEntry.id)
    )
    return [(entry.action, entry.actor_name) for entry in found]


def test_an_article_begins_as_a_draft_and_is_published_later(editor):
    article = services.create_article(CONTENT, by=editor, at=AT)
    assert (article.state, article.published_at, article.author_id) == (ArticleState.DRAFT, None, editor.id)

    services.publish_article(article.id, edit_version=1, by=editor, at=AT + timedelta(hours=1))

    assert (article.state, article.published_at) == (ArticleState.PUBLISHED, AT + timedelta(hours=1))
    assert actions() == [("article.created", "Ria Redacteur"), ("article.published", "Ria Redacteur")]


def test_a_chosen_moment_is_kept_when_publishing(editor):
    later = AT + timedelta(days=3)

    article = services.create_article(replace(CONTENT, published_at=later), by=editor, at=AT, publish=True)

    assert article.published_at == later
    assert not article.is_out(AT)
    assert article.is_out(later)


def test_publishing_twice_is_harmless(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    services.publish_article(article.id, edit_version=1, by=editor, at=AT + timedelta(hours=1))

    assert article.published_at == AT
    assert [action for action, _name in actions()].count("article.published") == 1


def test_a_withdrawn_article_is_kept_and_can_come_back_at_its_own_address(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    services.withdraw_article(article.id, edit_version=1, by=editor, at=AT)
    assert article.state == ArticleState.ARCHIVED
    services.save_article(
        article.id, replace(CONTENT, slug="ander", title="Beter"), edit_version=2, by=editor, at=AT, publish=True
    )

    assert (article.state, article.slug, article.title) == (ArticleState.PUBLISHED, "een-park", "Beter")


def test_of_two_editors_the_second_is_told(editor):
    article = services.create_article(CONTENT, by=editor, at=AT)
    services.save_article(article.id, replace(CONTENT, title="De eerste"), edit_version=1, by=editor, at=AT)

    with pytest.raises(services.EditedMeanwhile):
        services.save_article(article.id, replace(CONTENT, title="De tweede"), edit_version=1, by=editor, at=AT)

    assert db.session.get_one(Article, article.id).title == "De eerste"


def test_of_two_editors_who_publish_and_withdraw_the_second_is_told(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)
    services.withdraw_article(article.id, edit_version=1, by=editor, at=AT)
    services.publish_article(article.id, edit_version=2, by=editor, at=AT)

    with pytest.raises(services.EditedMeanwhile):
        services.withdraw_article(article.id, edit_version=1, by=editor, at=AT)

    assert db.session.get_one(Article, article.id).state == ArticleState.PUBLISHED


def test_withdrawing_twice_is_harmless(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    for _click in range(2):
        services.withdraw_article(article.id, edit_version=1, by=editor, at=AT)

    assert [action for action, _name in actions()].count("article.withdrawn") == 1


def test_of_two_editors_at_once_only_one_changes_what_residents_read(app, editor):
    article_id = services.create_article(CONTENT, by=editor, at=AT, publish=True).id
    editor_id, begin = editor.id, Barrier(2)
    db.session.rollback()

    def act(step: Callable[..., Article], **more: Any) -> str:
        with app.app_context():
            by = db.session.get_one(StaffMember, editor_id)
            db.session.rollback()
            begin.wait(timeout=10)
            try:
                step(article_id, edit_version=1, by=by, at=AT, **more)
            except services.EditedMeanwhile:
                return "told"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        withdrawn = pool.submit(act, services.withdraw_article)
        saved = pool.submit(act, services.save_article, content=replace(CONTENT, title="Beter"))
        outcomes = {withdrawn.result(), saved.result()}

    assert outcomes == {"done", "told"}
    db.session.expire_all()
    article = db.session.get_one(Article, article_id)
    assert (article.state == ArticleState.ARCHIVED) != (article.title == "Beter")


def test_two_articles_never_share_an_address(editor):
    make_article(slug="een-park")

    with pytest.raises(services.SlugTaken):
        services.create_article(CONTENT, by=editor, at=AT)

    assert db.session.scalar(sa.select(sa.func.count(Article.id))) == 1


def test_a_published_article_keeps_its_moment_when_the_field_is_emptied(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    services.save_article(article.id, CONTENT, edit_version=1, by=editor, at=AT + timedelta(days=1))

    assert article.published_at == AT


def test_a_planned_article_is_a_draft_again_when_its_moment_is_taken_away(editor):
    later = AT + timedelta(days=7)
    article = services.create_article(replace(CONTENT, published_at=later), by=editor, at=AT, publish=True)

    services.save_article(article.id, CONTENT, edit_version=1, by=editor, at=AT + timedelta(hours=1))
    assert (article.state, article.published_at) == (ArticleState.DRAFT, None)

    now = AT + timedelta(hours=2)
    services.save_article(article.id, CONTENT, edit_version=2, by=editor, at=now, publish=True)
    assert (article.state, article.published_at) == (ArticleState.PUBLISHED, now)
