"""The address where composer.js keeps what is typed: it answers with what to show, or with what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.sending import services
from dordt.shared import clock
from tests.factories.newsletters import make_newsletter
from tests.support.composer import posted, stored
from tests.support.visitors import Visitor

KEEP = "/beheer/nieuwsbrieven/1/bewaren/"


@pytest.fixture
def client(staff_client: Callable[..., Visitor]) -> Visitor:
    make_newsletter(blocks=[BlockContent(BlockKind.QUOTE, text="Eindelijk.", title="Sam")])
    return staff_client("redacteur")


def keep(client: Visitor, **typed: Any):
    return client.post(KEEP, data={**posted(client), **typed})


def test_typing_is_kept_and_answered_with_the_parts_beside_the_form(client: Visitor):
    answer = keep(client, subject="Getypt")

    assert stored().subject == "Getypt"
    assert answer.json["version"] == stored().edit_version == 2
    assert answer.json["kept"].startswith("Bewaard om ")
    assert set(answer.json["fragments"]) == {"findings", "text"}
    assert "Eindelijk." in answer.json["fragments"]["text"]


def test_a_button_is_answered_with_the_blocks_too(client: Visitor):
    answer = keep(client, action="add:button")

    assert answer.json["target"] == "blok-2"
    assert 'name="blocks-2-kind" type="hidden" value="button"' in answer.json["fragments"]["blocks"]
    assert set(answer.json["fragments"]) == {"findings", "text", "blocks", "choices"}


def test_the_same_text_once_more_changes_nothing(client: Visitor):
    before = stored().updated_at

    assert keep(client).json["version"] == 1

    assert (stored().updated_at, stored().edit_version) == (before, 1)


def test_what_cannot_be_kept_is_named_with_its_field(client: Visitor):
    answer = keep(client, **{"subject": "x" * 201, "blocks-1-title": "y" * 201})

    assert answer.status_code == 422
    assert [control for control, _words in answer.json["problems"]] == ["subject", "blocks-1-title"]
    assert stored().edit_version == 1


def test_who_was_overtaken_is_told(client: Visitor):
    old = posted(client)
    keep(client, subject="Van de ander")

    answer = client.post(KEEP, data={**old, "subject": "Van mij"})

    assert answer.status_code == 409
    assert "bewaard" in answer.json["overtaken"]
    assert stored().subject == "Van de ander"


def test_keeping_never_ends_an_approval(client: Visitor):
    old = posted(client)
    services.approve_newsletter(1, at=clock.now())

    answer = client.post(KEEP, data={**old, "subject": "Van mij"})

    assert answer.status_code == 409
    assert "goedgekeurd" in answer.json["overtaken"]
    assert stored().state == "approved"


def test_the_log_has_one_line_for_an_editing_session(client: Visitor, staff_client: Callable[..., Visitor]):
    for each in range(3):
        keep(client, subject=f"Getypt {each}")
    keep(staff_client("redacteur"), subject="Een ander")

    lines = db.session.scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.action == "newsletter.edited")).all()
    assert len(lines) == len(set(lines)) == 2


def test_without_the_token_nothing_is_kept(client: Visitor):
    answer = client.post(KEEP, data={**posted(client), "subject": "Vals"}, csrf=False)

    assert answer.status_code == 400
    assert stored().subject != "Vals"


def test_a_form_that_names_no_version_saw_none(client: Visitor):
    fields = {name: text for name, text in posted(client).items() if name != "edit_version"}

    answer = client.post(KEEP, data={**fields, "subject": "Niet gezien"})

    assert answer.status_code == 409
    assert stored().subject != "Niet gezien"
