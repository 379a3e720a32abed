"""`flask newsletter …`: the commands that scripts use."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services
from dordt.newsletters.sending.plans import Plan
from dordt.shared import clock
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
    assert [block.kind for block in stored.blocks] == ["intro", "article"]
    assert stored.blocks[0].text == "Beste lezer,\n\nHet park is **klaar**."


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


def test_send_at_a_moment_plans_it_in_the_time_of_amsterdam(run):
    make_subscriber()
    make_newsletter(NewsletterState.APPROVED)

    result = run("send", "1", "--at", "2090-07-01T09:00")

    assert result.exit_code == 0
    assert result.stdout == "Newsletter 1 starts 2090-07-01T09:00, not after 2090-07-01T11:00 (Amsterdam).\n"
    assert the_newsletter().scheduled_at == datetime(2090, 7, 1, 7, 0, tzinfo=UTC)
    status = run("status", "1").stdout.splitlines()
    assert status == ["Newsletter 1: scheduled", "starts 2090-07-01T09:00", "not-after 2090-07-01T11:00"]


def test_a_plan_can_have_an_offset_and_a_last_moment_and_can_be_withdrawn(run):
    make_newsletter(NewsletterState.APPROVED)

    result = run("send", "1", "--at", "2090-07-01T09:00Z", "--not-after", "2090-07-01T11:30")

    assert "starts 2090-07-01T11:00, not after 2090-07-01T11:30" in result.stdout
    assert the_newsletter().latest_start_at == datetime(2090, 7, 1, 9, 30, tzinfo=UTC)
    assert run("unplan", "1").stdout == "Newsletter 1 no longer planned.\n"
    assert (the_newsletter().state, the_newsletter().scheduled_at) == ("approved", None)
    assert run("unplan", "1").exit_code == 1


def test_a_time_that_comes_twice_is_explained(run):
    make_newsletter(NewsletterState.APPROVED)

    assert "komt twee keer" in run("send", "1", "--at", "2090-10-29T02:30").stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--at", "morgen"), 2, "Vul een datum en een tijd in"),
        (("--at", "2090-03-26T02:30"), 2, "bestaat dan niet"),
        (("--at", "2090-07-01T09:00", "--not-after", "x"), 2, "--not-after"),
        (("--not-after", "2090-07-01T09:00"), 2, "--not-after needs --at"),
        (("--at", "2020-07-01T09:00"), 1, "al voorbij"),
        (("--at", "2090-07-01T09:00", "--not-after", "2090-07-01T08:00"), 1, "Kies een moment na de start"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_words(run, options, code, words):
    make_newsletter(NewsletterState.APPROVED)

    result = run("send", "1", *options)

    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert the_newsletter().state == "approved"


def test_status_says_that_it_is_too_late_and_why(run):
    number = make_newsletter(NewsletterState.APPROVED).id
    then = clock.now() - timedelta(hours=9)
    services.plan_newsletter(number, Plan(then + timedelta(hours=1), then + timedelta(hours=2)), at=then)

    status = run("status", "1").stdout

    assert "too late: nothing starts by itself" in status
    assert "reason Het programma dat de nieuwsbrief verstuurt, draaide toen niet" in status


@pytest.mark.parametrize("command", ["send", "unplan", "status", "pause", "resume", "cancel"])
def test_a_number_that_does_not_exist_is_refused_in_words(run, command):
    result = run(command, "7")

    assert result.exit_code == 1
    assert "newsletter 7 does not exist" in result.stderr


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
