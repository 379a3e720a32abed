"""Writing, publishing and withdrawing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

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

    services.publish_article(article.id, by=editor, at=AT + timedelta(hours=1))

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

    services.publish_article(article.id, by=editor, at=AT + timedelta(hours=1))

    assert article.published_at == AT
    assert [action for action, _name in actions()].count("article.published") == 1


def test_a_withdrawn_article_is_kept_and_can_come_back_at_its_own_address(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    services.withdraw_article(article.id, by=editor, at=AT)
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


def test_two_articles_never_share_an_address(editor):
    make_article(slug="een-park")

    with pytest.raises(services.SlugTaken):
        services.create_article(CONTENT, by=editor, at=AT)

    assert db.session.scalar(sa.select(sa.func.count(Article.id))) == 1


def test_a_published_article_keeps_its_moment_when_the_field_is_emptied(editor):
    article = services.create_article(CONTENT, by=editor, at=AT, publish=True)

    services.save_article(article.id, CONTENT, edit_version=1, by=editor, at=AT + timedelta(days=1))

    assert article.published_at == AT
