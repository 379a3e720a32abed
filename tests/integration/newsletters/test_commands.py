"""`flask newsletter …`: the commands that scripts use."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.newsletters.models import Newsletter
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber

FILE = """---
subject: "Nieuws: het park is klaar"
preheader: Kom kijken.
articles: [{slug}]
---
Beste lezer,

Het park is **klaar**.
"""


@pytest.fixture
def run(app):
    def command(*words: str | Path):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["newsletter", *map(str, words)])
        db.session.rollback()
        return result

    return command


@pytest.fixture
def file(app, tmp_path: Path) -> Path:
    path = tmp_path / "nieuwsbrief.md"
    path.write_text(FILE.format(slug=make_article().slug), encoding="utf-8")
    return path


def the_newsletter() -> Newsletter:
    return db.session.scalars(sa.select(Newsletter)).one()


def test_new_prints_the_number_only(run, file):
    result = run("new", file, "--approve")

    assert (result.exit_code, result.stdout) == (0, "1\n")
    stored = the_newsletter()
    assert (stored.subject, stored.preheader, stored.state) == ("Nieuws: het park is klaar", "Kom kijken.", "approved")
    assert stored.intro == "Beste lezer,\n\nHet park is **klaar**."
    assert len(stored.articles) == 1


def test_without_approve_it_is_a_draft_that_cannot_be_sent(run, file):
    make_subscriber()
    number = run("new", file).stdout.strip()

    result = run("send", number)

    assert result.exit_code == 1
    assert "Dat kan niet" in result.stderr
    assert the_newsletter().state == "draft"


def test_send_freezes_all_confirmed_subscribers_once(run, file):
    for _ in range(3):
        make_subscriber()
    number = run("new", file, "--approve").stdout.strip()

    first, second = run("send", number), run("send", number)

    assert (first.exit_code, first.stdout) == (0, "3 deliveries frozen for newsletter 1.\n")
    assert second.exit_code == 0
    assert "started before" in second.stdout
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 3


def test_status_counts_the_deliveries_per_state(run, file):
    for _ in range(3):
        make_subscriber()
    run("new", file, "--approve")
    run("send", "1")
    db.session.scalars(sa.select(Delivery)).first().state = DeliveryState.ACCEPTED

    result = run("status", "1")

    assert result.stdout.splitlines() == ["Newsletter 1: sending", "frozen 3", "accepted 1", "queued 2"]


def test_pause_resume_and_cancel_do_what_they_say(run, file):
    make_subscriber()
    run("new", file, "--approve")
    run("send", "1")

    for command, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert run(command, "1").exit_code == 0
        assert the_newsletter().state == state


@pytest.mark.parametrize("command", ["send", "status", "pause", "resume", "cancel"])
def test_a_number_that_does_not_exist_is_refused_in_words(run, command):
    result = run(command, "7")

    assert result.exit_code == 1
    assert "Nieuwsbrief 7 bestaat niet." in result.stderr


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_a_draft_cannot_be_paused_or_resumed(run, command):
    make_newsletter()

    assert run(command, "1").exit_code == 1


BROKEN = {
    "no front matter": ("Beste lezer,", "front matter"),
    "no subject": ("---\npreheader: x\n---\nBeste lezer,", "subject"),
    "a list as subject": ("---\nsubject: [a]\n---\nBeste lezer,", "subject"),
    "long subject": (f"---\nsubject: {'x' * 201}\n---\nBeste lezer,", "201 characters"),
    "no content": ("---\nsubject: Nieuws\n---\n", "body"),
    "unknown article": ("---\nsubject: Nieuws\narticles: [atlantis]\n---\nx", "atlantis"),
    "no YAML": ("---\nsubject: [\n---\nx", "front matter"),
    "NUL": ("---\nsubject: Nieuws\n---\nx\x00", "NUL"),
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_refused_in_words(run, tmp_path, text, reason):
    path = tmp_path / "kapot.md"
    path.write_text(text, encoding="utf-8")

    result = run("new", path, "--approve")

    assert result.exit_code == 1
    assert reason in result.stderr
    assert result.stdout == ""
    assert db.session.scalar(sa.select(Newsletter)) is None


def test_a_field_that_is_not_used_is_named(run, tmp_path):
    path = tmp_path / "extra.md"
    path.write_text("---\nsubject: Nieuws\nauteur: Anna\n---\nx", encoding="utf-8")

    result = run("new", path)

    assert result.stdout == "1\n"
    assert "auteur" in result.stderr
