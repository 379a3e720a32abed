"""An import in the hands of workers: killed, doubled, stopped, and none of its rows is lost or stored twice."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from dordt.audit.models import AuditEntry
from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.mailer.worker import tasks
from dordt.mailer.worker.wakeup import queue
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.subscribers.imports import services, storing
from dordt.subscribers.imports import services as imports
from dordt.subscribers.models import ImportRefusal, ImportState, Subscriber
from tests.factories.accounts import make_member
from tests.factories.imports import OUR_COLUMNS, found_import, make_import, make_queued, make_upload
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber
from tests.support.stored import count

ROWS = [f"lezer{number}@voorbeeld.nl;;;2026-03-09;Balie" for number in range(30)]
WRONG = "geen adres;;;2026-03-09;Balie"


@pytest.fixture(autouse=True)
def small_steps(app, monkeypatch):
    monkeypatch.setattr(services, "ROWS_PER_COMMIT", 7)


def run(stop: threading.Event | None = None, *, later: timedelta = timedelta(0)) -> None:
    services.import_waiting(stop or threading.Event(), now=lambda: clock.now() + later)


def test_a_mixed_list_is_sorted_out_and_every_refused_row_is_named(app):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    for state in ("confirmed", "unsubscribed", "paused", "unconfirmed"):
        make_subscriber(state, email=f"{state}@voorbeeld.nl")
    before = ["confirmed@voorbeeld.nl", "Unsubscribed@voorbeeld.nl", "paused@voorbeeld.nl", "unconfirmed@voorbeeld.nl"]
    fresh = [f"nieuw{number}@voorbeeld.nl;Sterrenburg;;9-3-2026;Markt" for number in range(9)]
    wrong = [WRONG, "a@b.nl;Atlantis;;2026-03-09;Balie", "a@b.nl;;;2099-03-09;Balie", "a@b.nl;;", '"a@b.nl;;;x;y']
    rows = (
        [f"{email};;;2026-03-09;Balie" for email in before] + fresh + wrong + ["NIEUW0@voorbeeld.nl;;;2026-03-09;x"] * 2
    )

    found = make_import(*rows)

    assert (found.state, found.row_count, found.done_count) == ("done", 20, 20)
    counts = (found.added_count, found.known_count, found.unsubscribed_count, found.refused_count)
    assert counts == (10, 4, 1, 5)
    lines = [(each.line, each.reason.split(":")[0]) for each in db.session.scalars(ImportRefusal.of(found.id))]
    assert [line for line, _reason in lines] == [15, 16, 17, 18, 19]
    assert lines[0] == (15, "E-mailadres")
    assert found.content is None
    assert found.finished_at
    entry = db.session.scalars(AuditEntry.about("subscriber_import", found.id)).first()
    assert entry.action == "subscriber.imported"
    assert entry.detail == {"added": 10, "known": 4, "unsubscribed": 1, "refused": 5}


def test_the_proof_of_the_file_serves_rows_that_bring_none(app):
    at = clock.now()
    number = make_upload("anna@voorbeeld.nl;;", head="E-mail;Wijk;Thema")
    choice = imports.ImportChoice({"email": 0}, source="Markt 2026", given_at=at)
    imports.start_import(number, choice, by=make_member(), at=at)

    run()

    proof = db.session.scalars(sa.select(Consent)).one()
    assert (proof.source, proof.confirmed_at, proof.import_id) == ("Markt 2026", at, number)


def test_starting_rings_for_the_worker_once_however_often_it_is_clicked(app):
    queue.current.huey.storage.flush_queue()
    number = make_queued(*ROWS)

    imports.start_import(number, imports.ImportChoice({"email": 1}, "", None), by=make_member(), at=clock.now())

    assert queue.current.huey.storage.queue_size() == 1
    assert found_import(number).columns == OUR_COLUMNS
    tasks.run_background_jobs(threading.Event())
    assert found_import(number).state == ImportState.DONE


def test_a_worker_that_must_end_does_so_after_a_step_and_another_goes_on_at_once(app):
    number = make_queued(*ROWS, WRONG)
    stop = threading.Event()
    stop.set()

    services.import_file(number, stop, now=clock.now)
    halfway = found_import(number).done_count
    run()

    assert halfway == 7
    assert found_import(number).done_count == 31
    assert (count(Subscriber), count(Consent), count(ImportRefusal)) == (30, 30, 1)


def test_after_a_worker_that_died_another_goes_on_once_its_lease_has_run_out(app, monkeypatch):
    number = make_queued(WRONG, *ROWS)
    die_in_step(monkeypatch, 3)
    with pytest.raises(SystemExit):
        run()
    monkeypatch.undo()
    db.session.rollback()
    assert (found_import(number).done_count, count(Subscriber)) == (14, 13)

    run()
    assert found_import(number).state == ImportState.RUNNING

    run(later=timedelta(seconds=61))
    found = found_import(number)
    assert (found.state, found.added_count, found.refused_count) == (ImportState.DONE, 30, 1)
    assert (count(Subscriber), count(Consent), count(ImportRefusal)) == (30, 30, 1)


def die_in_step(monkeypatch, step: int) -> None:
    steps = iter(range(1, step))

    def die(*given):
        if next(steps, None) is None:
            raise SystemExit
        return storing.store(*given)

    monkeypatch.setattr(services, "store", die)


def test_a_worker_that_was_overtaken_stores_nothing_more(app, monkeypatch):
    number = make_queued(*ROWS)
    steps = []

    def be_overtaken(*given):
        steps.append(given)
        if len(steps) == 2:  # the first worker sleeps here for more than its lease
            db.session.rollback()
            monkeypatch.setattr(services, "store", storing.store)
            run(later=timedelta(seconds=61))
        return storing.store(*given)

    monkeypatch.setattr(services, "store", be_overtaken)
    run()

    found = found_import(number)
    assert (found.state, found.done_count, found.added_count, found.known_count) == (ImportState.DONE, 30, 30, 0)
    assert (count(Subscriber), count(Consent)) == (30, 30)


def test_a_database_that_is_away_for_a_while_only_delays_it(app, monkeypatch):
    number = make_queued(*ROWS)

    def be_away(*_given):
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(services, "store", be_away)
    with pytest.raises(OperationalError):
        run()
    monkeypatch.undo()
    run(later=timedelta(seconds=61))

    assert found_import(number).state == ImportState.DONE


def test_a_fault_of_ours_ends_it_with_words_and_keeps_what_was_done(app, monkeypatch):
    number = make_queued(*ROWS)
    steps = iter([False, True])

    def fail(*given):
        if next(steps):
            raise ValueError("a fault of ours")
        return storing.store(*given)

    monkeypatch.setattr(services, "store", fail)
    run()

    found = found_import(number)
    assert (found.state, found.added_count, found.content) == (ImportState.FAILED, 7, None)
    assert "ging bij ons iets mis" in (found.problem or "")


def test_a_file_that_nobody_starts_is_erased_after_a_day(app):
    at = clock.now()
    old, young = make_upload(at=at - timedelta(hours=25)), make_upload(at=at - timedelta(hours=23))

    assert imports.erase_forgotten(at=at) == 1

    assert (found_import(old).state, found_import(old).content) == (ImportState.WITHDRAWN, None)
    assert found_import(young).content


def test_a_file_is_withdrawn_before_it_starts_and_not_after(app):
    by, at = make_member(), clock.now()
    first, second = make_upload(), make_queued(*ROWS)

    imports.withdraw_file(first, by=by, at=at)
    imports.withdraw_file(first, by=by, at=at)

    assert (found_import(first).state, found_import(first).content) == (ImportState.WITHDRAWN, None)
    with pytest.raises(NotAllowed):
        imports.withdraw_file(second, by=by, at=at)
    with pytest.raises(NotAllowed):
        imports.start_import(first, imports.ImportChoice(OUR_COLUMNS, "", None), by=by, at=at)
