"""Taking over subscribers who agreed elsewhere, by the command."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers.imports import services as imports
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_subscriber, unsubscribe_path

HEAD = "email,neighbourhoods,topics,consent_at,consent_source"
ANNA = "Anna@voorbeeld.nl,sterrenburg;dubbeldam,wonen,2026-03-09,Wijkfeest 2026"
BRAM = "bram@voorbeeld.nl,,,2026-03-09,Wijkfeest 2026"


@pytest.fixture
def take_in(app, tmp_path: Path):
    make_neighbourhood(slug="sterrenburg")
    make_neighbourhood(slug="dubbeldam")
    make_topic(slug="wonen")

    def run(*rows: str, encoding: str = "utf-8", head: str = HEAD) -> Result:
        file = tmp_path / "abonnees.csv"
        file.write_text("\n".join((head, *rows)) + "\n", encoding=encoding)
        db.session.commit()
        return app.test_cli_runner().invoke(args=["newsletter", "import-subscribers", str(file)])

    return run


def stored() -> list[Subscriber]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Subscriber).order_by(Subscriber.id)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_become_confirmed_subscribers_with_their_choices_and_proof(take_in, encoding):
    result = take_in(ANNA, BRAM, encoding=encoding)

    assert result.exit_code == 0
    assert result.stdout.startswith("2 added, 0 known already")
    anna, bram = stored()
    assert (anna.email, anna.email_key, anna.state) == ("Anna@voorbeeld.nl", "anna@voorbeeld.nl", "confirmed")
    assert {wijk.slug for wijk in anna.neighbourhoods} == {"sterrenburg", "dubbeldam"}
    assert [topic.slug for topic in anna.topics] == ["wonen"]
    assert (bram.neighbourhoods, bram.topics) == ([], [])
    proof = db.session.scalars(sa.select(Consent).where(Consent.address_key == "anna@voorbeeld.nl")).one()
    assert (proof.method, proof.source, proof.text_version) == ("import", "Wijkfeest 2026", None)
    assert proof.confirmed_at == anna.confirmed_at


def test_nobody_is_mailed_by_an_import(take_in, outbox):
    take_in(ANNA, BRAM)

    assert not outbox()


def test_importing_twice_changes_nothing(take_in):
    take_in(ANNA, BRAM)

    result = take_in(ANNA.replace("sterrenburg;dubbeldam", ""), BRAM)

    assert result.stdout.startswith("0 added, 2 known already")
    assert len(stored()) == 2
    assert len(stored()[0].neighbourhoods) == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 2


def test_one_address_twice_in_the_file_is_one_subscriber(take_in):
    result = take_in(ANNA, ANNA.lower())

    assert result.stdout.startswith("1 added, 1 known already")
    assert len(stored()) == 1


def test_who_unsubscribed_is_never_brought_back(take_in, client):
    take_in(ANNA)
    client.post(unsubscribe_path(stored()[0]))

    result = take_in(ANNA, BRAM)

    assert result.stdout.startswith("1 added, 0 known already, 1 unsubscribed before and left alone")
    assert [found.state for found in stored()] == ["unsubscribed", "confirmed"]
    proofs = db.session.scalars(sa.select(Consent).where(Consent.address_key == "anna@voorbeeld.nl")).all()
    assert [proof.withdrawn_at is None for proof in proofs] == [False]


def test_who_moved_to_another_address_and_left_there_is_not_brought_back_at_the_old_one(take_in):
    at = clock.now()
    moved = make_subscriber(email="nieuw@voorbeeld.nl")
    consent.record_imported(
        [("oud@voorbeeld.nl", "lijst", at), (moved.email_key, "lijst", at)], ConsentPurpose.NEWSLETTER
    )
    for key in ("oud@voorbeeld.nl", moved.email_key):
        consent.withdraw(key, ConsentPurpose.NEWSLETTER, at=at)
    db.session.commit()

    take_in("oud@voorbeeld.nl,,,2026-03-09,balie")

    assert db.session.scalar(Subscriber.with_key("oud@voorbeeld.nl")) is None


def test_who_paused_stays_paused(take_in):
    make_subscriber(SubscriberState.PAUSED, email="anna@voorbeeld.nl")

    take_in(ANNA)

    assert [found.state for found in stored()] == ["paused"]


def test_who_waited_for_a_mail_is_confirmed_and_keeps_what_they_chose_themselves(take_in):
    make_subscriber(SubscriberState.UNCONFIRMED, email="anna@voorbeeld.nl", neighbourhoods=[make_neighbourhood()])

    result = take_in(ANNA)

    (anna,) = stored()
    assert result.stdout.startswith("1 added")
    assert anna.state == "confirmed"
    assert len(anna.neighbourhoods) == 1


def test_a_row_that_is_wrong_is_named_and_the_others_are_stored(take_in):
    result = take_in(ANNA, "geen adres,,,2026-03-09,Balie", BRAM)

    assert result.exit_code == 0
    assert "2 added" in result.stdout
    assert "1 refused" in result.stdout
    assert "line 3: E-mailadres" in result.stderr
    assert len(stored()) == 2


def test_many_rows_are_stored_in_several_commits(take_in, monkeypatch):
    monkeypatch.setattr(imports, "ROWS_PER_COMMIT", 7)
    rows = [f"lezer{number}@voorbeeld.nl,dubbeldam,,2026-03-09,Lijst" for number in range(30)]

    assert take_in(*rows).stdout.startswith("30 added")
    assert len(stored()) == 30


@pytest.mark.parametrize("head", ["naam,adres", ""], ids=["other columns", "no columns"])
def test_a_file_that_is_something_else_is_refused_in_words(take_in, head: Any):
    result = take_in(ANNA, head=head)

    assert result.exit_code == 1
    assert "The first line must name the columns" in result.stderr
    assert not stored()


def test_bytes_that_are_no_text_are_refused(take_in):
    result = take_in("café@voorbeeld.nl,,,2026-03-09,Café", BRAM, encoding="latin-1")

    assert "1 added" in result.stdout
    assert "line 2: Er staat een teken in dat niet te lezen is" in result.stderr


def test_a_file_that_is_not_there_is_named(app):
    result = app.test_cli_runner().invoke(args=["newsletter", "import-subscribers", "/nergens.csv"])

    assert result.exit_code != 0
    assert "/nergens.csv" in result.stderr
