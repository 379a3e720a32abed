"""Newsletters and readers of an older version are there after the upgrade, and again after the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from dordt.extensions import db
from tests.support.databases import ENGINES
from tests.support.migrating import app_at, erase, fill, rows

OLD, NEW = "0002_mail_engine", "0003_newsletter_blocks"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
INTRO = "Beste lezer,\n\n## Het park ‘Zuid’\n\nis klaar."


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def old_newsletters() -> None:
    """One with an intro and articles, one with articles only, one with an intro only, one with nothing."""
    media = {"kind": "image", "filename": "park.jpg", "content_type": "image/jpeg", "size": 9, "width": 9, "height": 9}
    fill("media_file", {"id": 7, "key": "a" * 32, "renditions": [9], "digest": "b" * 64, "created_at": AT} | media)
    kept = {
        "body": "x",
        "state": "published",
        "created_at": AT,
        "updated_at": AT,
        "image_caption": "",
        "edit_version": 1,
    }
    kept |= {"published_at": AT}
    fill(
        "article",
        {"id": 1, "slug": "park", "title": "Park", "intro": "Klaar.", "image_id": 7, "image_alt": "Een boom"} | kept,
        {"id": 2, "slug": "brug", "title": "Brug", "intro": "Dicht.", "image_id": 7, "image_alt": ""} | kept,
        {"id": 3, "slug": "plein", "title": "Plein", "intro": "Nieuw.", "image_id": None, "image_alt": ""} | kept,
    )
    written = {"subject": "Nieuws", "preheader": "Park", "created_at": AT, "updated_at": AT}
    for number, (state, intro) in enumerate(
        [("sent", INTRO), ("draft", ""), ("approved", "Alleen dit."), ("draft", "")]
    ):
        fill("newsletter", {"id": 11 + number, "number": 1 + number, "state": state, "intro": intro} | written)
    places = [(11, 3, 0), (11, 1, 1), (11, 2, 2), (12, 2, 0), (12, 3, 1)]
    fill(
        "newsletter_article",
        *(
            {"newsletter_id": newsletter, "article_id": article, "position": place}
            for newsletter, article, place in places
        ),
    )


def test_intro_and_articles_become_blocks_in_their_order(old_app: Flask):
    old_newsletters()

    upgrade(revision=NEW)

    columns = ("newsletter_id", "position", "kind", "title", "text", "article_id", "media_id", "alt", "is_decorative")
    assert sorted(rows("newsletter_block", *columns)) == [
        (11, 0, "intro", "", INTRO, None, None, "", False),
        (11, 1, "article", "Plein", "Nieuw.", 3, None, "", True),
        (11, 2, "article", "Park", "Klaar.", 1, 7, "Een boom", False),
        (11, 3, "article", "Brug", "Dicht.", 2, 7, "", True),
        (12, 0, "article", "Brug", "Dicht.", 2, 7, "", True),
        (12, 1, "article", "Plein", "Nieuw.", 3, None, "", True),
        (13, 0, "intro", "", "Alleen dit.", None, None, "", False),
    ]
    assert rows("newsletter", "id", "number", "state", "subject") == [
        (11, 1, "sent", "Nieuws"),
        (12, 2, "draft", "Nieuws"),
        (13, 3, "approved", "Nieuws"),
        (14, 4, "draft", "Nieuws"),
    ]


def test_on_the_way_back_intro_and_articles_are_as_they_were(old_app: Flask):
    old_newsletters()
    articles = {"newsletter_id": 11, "position": 9, "kind": "article", "title": "Park, nog eens", "text": "", "url": ""}
    upgrade(revision=NEW)
    fill("newsletter_block", articles | {"article_id": 1, "alt": "", "is_decorative": False})  # an old one held it once

    downgrade(revision=OLD)

    assert rows("newsletter", "id", "intro") == [(11, INTRO), (12, ""), (13, "Alleen dit."), (14, "")]
    found = sorted(rows("newsletter_article", "newsletter_id", "position", "article_id"))
    assert [(row[0], row[2]) for row in found] == [(11, 3), (11, 1), (11, 2), (12, 2), (12, 3)]


def old_readers() -> None:
    fill("neighbourhood", {"id": 1, "slug": "sterrenburg", "name": "Sterrenburg", "area": "", "position": 0})
    kept = {"state": "confirmed", "link_version": 3, "asked_at": AT, "confirmed_at": AT}
    fill("subscriber", *({"id": n, "email": f"L{n}@x.nl", "email_key": f"l{n}@x.nl"} | kept for n in (1, 2, 9)))
    fill("subscriber_neighbourhood", {"subscriber_id": 2, "neighbourhood_id": 1})
    erase("subscriber", 9)


@pytest.mark.parametrize("turn", ["upgraded", "and downgraded"])
def test_readers_keep_their_number_and_choices(old_app: Flask, turn: str):
    old_readers()

    upgrade(revision=NEW)
    if turn == "and downgraded":
        downgrade(revision=OLD)

    assert rows("subscriber", "id", "email", "email_key", "state", "link_version") == [
        (number, f"L{number}@x.nl", f"l{number}@x.nl", "confirmed", 3) for number in (1, 2)
    ]
    assert rows("subscriber_neighbourhood", "subscriber_id", "neighbourhood_id") == [(2, 1)]


@pytest.mark.parametrize("turn", ["upgraded", "and downgraded"])
@pytest.mark.parametrize("left", [[1, 2], []], ids=["some left", "nobody left"])
def test_the_number_of_a_reader_who_was_erased_is_never_given_out_again(old_app: Flask, turn: str, left: list[int]):
    """Links in mails carry the number."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.execute(sa.text("SELECT setval('subscriber_id_seq', 9)"))  # as nine sign-ups would
    old_readers()
    for number in {1, 2} - set(left):
        erase("subscriber", number)
    upgrade(revision=NEW)
    if turn == "and downgraded":
        downgrade(revision=OLD)

    fill(
        "subscriber",
        {"email": "n@x.nl", "email_key": "n@x.nl", "state": "confirmed", "link_version": 1, "asked_at": AT},
    )

    assert [number for (number,) in rows("subscriber", "id")] == [*left, 10]
