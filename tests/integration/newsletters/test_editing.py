"""Writing and approving a newsletter."""

import pytest

from dordt.extensions import db
from dordt.news.models import ArticleState
from dordt.newsletters.content import block_kinds
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import TRANSITIONS, NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from tests.factories.accounts import make_member
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter

State = NewsletterState
CONTENT = NewsletterContent(subject="Nieuws", preheader="", blocks=[BlockContent(BlockKind.INTRO, text="Beste lezer,")])


def test_articles_keep_the_order_in_which_they_were_chosen(app):
    first, second, third = (make_article() for _ in range(3))
    newsletter = make_newsletter(articles=(third, first))

    changed = NewsletterContent("Nieuws", "", [block_kinds.from_article(article) for article in (second, third, first)])
    editing.edit_newsletter(newsletter.id, changed, at=clock.now())

    db.session.expire_all()
    assert [block.article.slug for block in newsletter.blocks] == [second.slug, third.slug, first.slug]
    assert [block.position for block in newsletter.blocks] == [0, 1, 2]


def test_an_article_that_is_not_on_the_site_cannot_be_chosen(app):
    draft = make_article(state=ArticleState.DRAFT)

    with pytest.raises(NotAllowed, match=draft.slug):
        make_newsletter(articles=(draft,))


def test_approving_keeps_who_did_it(app):
    member, newsletter = make_member(), make_newsletter()

    sending.approve_newsletter(newsletter.id, at=clock.now(), by=member)

    assert (newsletter.state, newsletter.approved_by_id) == (State.APPROVED, member.id)


def test_a_change_ends_the_approval(app):
    newsletter = make_newsletter()
    sending.approve_newsletter(newsletter.id, at=clock.now(), by=make_member())

    editing.edit_newsletter(newsletter.id, CONTENT, at=clock.now())

    assert (newsletter.state, newsletter.approved_by_id, newsletter.approved_at) == (State.DRAFT, None, None)


@pytest.mark.parametrize("state", [State.SENDING, State.PAUSED, State.SENT, State.CANCELLED])
def test_what_was_started_or_cancelled_cannot_be_changed(app, state):
    newsletter = make_newsletter(state)

    with pytest.raises(NotAllowed):
        editing.edit_newsletter(newsletter.id, CONTENT, at=clock.now())


def test_without_content_it_cannot_be_approved(app):
    newsletter = make_newsletter(intro="")

    with pytest.raises(NotAllowed, match="Voeg een blok toe"):
        sending.approve_newsletter(newsletter.id, at=clock.now())


def test_an_article_that_was_withdrawn_stands_in_the_way(app):
    article = make_article()
    newsletter = make_newsletter(articles=(article,))
    article.state = ArticleState.DRAFT
    db.session.commit()

    with pytest.raises(NotAllowed, match="staat niet op de site"):
        sending.approve_newsletter(newsletter.id, at=clock.now())


def test_every_state_has_its_row_in_the_table_of_steps():
    assert set(TRANSITIONS) == set(NewsletterState)
    assert all(state not in steps for state, steps in TRANSITIONS.items())
