"""The way to the freeze: what takes time is done before the list is locked, and nobody who signs up waits for it."""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

import dordt
from dordt.accounts.authorization import asks
from dordt.extensions import db
from dordt.mailer.models import Delivery, Mail
from dordt.media.images import address
from dordt.newsletters import checks
from dordt.newsletters.content import rendering
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services
from dordt.newsletters.sending.plans import Plan
from dordt.shared import clock, storage
from dordt.shared.mail import Draft
from dordt.shared.problems import NotAllowed
from dordt.subscribers.models import Subscriber
from tests.factories.media import make_image
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.composer import posted
from tests.support.visitors import Visitor, new_visitor

MINUTE = timedelta(minutes=1)
ROOT = Path(dordt.__file__).parent
PAGE = "/beheer/nieuwsbrieven/1"
Pool = ThreadPoolExecutor
Act = Callable[[], object]  # what takes long


def set_state(state: NewsletterState, **values: Any) -> None:
    db.session.execute(sa.update(Newsletter).values(state=state, **values))
    db.session.commit()


def approve(_staff: Visitor) -> Act:
    set_state(NewsletterState.DRAFT, approved_at=None)
    return lambda: services.approve_newsletter(1, at=clock.now())


def start(_staff: Visitor) -> Act:
    return lambda: services.start_newsletter(1, at=clock.now())


def start_as_planned(_staff: Visitor) -> Act:
    set_state(NewsletterState.SCHEDULED, scheduled_at=clock.now() - MINUTE)
    return lambda: services.start_due(at=clock.now())


def plan(_staff: Visitor) -> Act:
    at = clock.now()
    return lambda: services.plan_newsletter(1, Plan(at + MINUTE, at + 60 * MINUTE), at=at)


def post_start(staff: Visitor) -> Act:
    return lambda: answers(303, staff.post(f"{PAGE}/versturen/", data={"seen": "1"}))


def post_a_plan_that_cannot_be(staff: Visitor) -> Act:
    return lambda: answers(
        422, staff.post(f"{PAGE}/plannen/", data={"seen": "1", "starts": "2020-01-01T09:00", "window": "2"})
    )


def send_a_test_mail(staff: Visitor) -> Act:
    return lambda: answers(303, staff.post(f"{PAGE}/testmail/", data={"addresses": "ik@voorbeeld.nl"}))


def save_while_typing(staff: Visitor) -> Act:
    set_state(NewsletterState.DRAFT)
    typed = posted(staff) | {"subject": "Anders"}
    return lambda: answers(200, staff.post(f"{PAGE}/bewaren/", data=typed))


def save_what_is_not_right(staff: Visitor) -> Act:
    set_state(NewsletterState.DRAFT)
    typed = posted(staff) | {"subject": "x" * 300}
    return lambda: answers(422, staff.post(f"{PAGE}/bewerken/", data=typed))


def answers(status: int, answer: TestResponse) -> None:
    assert answer.status_code == status


WAYS = (
    *(approve, start, start_as_planned, plan),
    *(post_start, post_a_plan_that_cannot_be, save_while_typing, save_what_is_not_right),
)
SLOW = {"MJML": (rendering, "draft_of"), "the file store": (storage, "exists")}


@pytest.fixture
def newsletter(app: Flask) -> Newsletter:
    """Approved, with a reader, and a link that the file store is asked about."""
    make_subscriber()
    return make_newsletter(NewsletterState.APPROVED, intro=f"Beste lezer, [zie de foto]({address(make_image())}).")


@pytest.fixture
def stalled(monkeypatch, request: pytest.FixtureRequest) -> "Stalled":
    return Stalled(monkeypatch, *SLOW[request.param])


class Stalled:
    """A function of ours that answers only when the test lets it: `reached` once somebody waits for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        self.reached, self.goes_on = Event(), Event()
        answer: Callable[..., Any] = getattr(owner, name)

        def wait_and_answer(*given: Any, **named: Any) -> Any:
            self.reached.set()
            assert self.goes_on.wait(60)
            return answer(*given, **named)

        self._stall = lambda: monkeypatch.setattr(owner, name, wait_and_answer)

    def begin(self) -> None:
        """From here on it does not answer."""
        db.session.rollback()
        self._stall()


def in_background(pool: Pool, app: Flask, work: Callable[..., object], *given: Any) -> Future[object]:
    def run() -> object:
        with app.app_context():
            return work(*given)

    return pool.submit(run)


def sign_up(app: Flask) -> None:
    answer = new_visitor(app).post("/nieuwsbrief/", data={"email": "nieuw@voorbeeld.nl", "consent": "y"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("way", "stalled"),
    [(send_a_test_mail, "MJML"), *product(WAYS, SLOW)],
    indirect=["stalled"],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_who_signs_up_waits_for_no_rendering_and_no_file_store(
    app: Flask, newsletter: Newsletter, staff_client: Callable[..., Visitor], stalled: Stalled, way
):
    act = way(staff_client("beheerder"))
    stalled.begin()

    with Pool(2) as pool:
        working = in_background(pool, app, act)
        try:
            assert stalled.reached.wait(60)
            in_background(pool, app, sign_up, app).result(timeout=10)
            assert not working.done()
        finally:
            stalled.goes_on.set()
        working.result(timeout=60)

    assert db.session.scalar(sa.select(Subscriber).where(Subscriber.email_key == "nieuw@voorbeeld.nl"))


@pytest.mark.parametrize("stalled", ["MJML"], indirect=True)
def test_what_was_changed_and_approved_again_meanwhile_is_not_sent_as_it_was(
    app: Flask, newsletter: Newsletter, stalled: Stalled
):
    stalled.begin()

    with Pool(2) as pool:
        starting = in_background(pool, app, lambda: services.start_newsletter(1, at=clock.now()))
        assert stalled.reached.wait(60)
        content = NewsletterContent(subject="Anders", preheader="", blocks=())
        editing.edit_newsletter(1, content, at=clock.now())
        db.session.execute(
            sa.update(Newsletter).values(state=NewsletterState.APPROVED, approved_at=clock.now() + MINUTE)
        )
        db.session.commit()
        stalled.goes_on.set()
        with pytest.raises(NotAllowed, match="intussen veranderd"):
            starting.result(timeout=60)

    assert not db.session.scalar(sa.select(Delivery))
    assert db.session.scalars(sa.select(Newsletter)).one().mail_id is None


# From the top down; what stands lower may be asked by what stands higher, never the other way round.
PARTS = (
    *("staff/newsletters/sending", "staff", "newsletters/sending", "newsletters/checks", "newsletters/content"),
    *("newsletters", "subscribers", "media", "accounts", "audit", "mailer", "shared", ""),
)
FOLLOWED = (Newsletter, Draft, Mail, checks.PreparedNewsletter, sa.Select)


class Walk:
    """Which packages of ours call which, from the view on; `followed` are those that are handed the newsletter."""

    def __init__(self) -> None:
        self.calls: set[tuple[str, str]] = set()
        self.followed: list[str] = []

    def __call__(self, frame: FrameType, event: str, _given: object) -> None:
        if event != "call" or not (package := package_of(frame)):
            return
        caller = frame.f_back
        while caller is not None and package_of(caller) is None:
            if "/sqlalchemy/event/" in caller.f_code.co_filename:
                return  # whoever listens to commits is told by the session
            caller = caller.f_back
        if caller is not None:
            self.calls.add((package_of(caller) or "", package))
        code = frame.f_code
        given = {
            name: frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        }
        is_handed_on = any(isinstance(value, FOLLOWED) for value in given.values()) or given.get("newsletter_id") == 1
        if is_handed_on and package not in self.followed:
            self.followed.append(package)


def package_of(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_qualname.startswith(f"{asks.__name__}."):
        return None  # it stands around a service, and is no step on the way
    return path.parent.relative_to(ROOT).as_posix().replace(".", "") if path.is_relative_to(ROOT) else None


def height(package: str) -> int:
    return next(
        place for place, part in enumerate(PARTS) if package == part or package.startswith(f"{part}/") or not part
    )


def test_the_way_to_the_freeze_is_short_and_never_goes_back_up(newsletter, staff_client: Callable[..., Visitor]):
    staff, walk = staff_client("beheerder"), Walk()
    view = staff.application.view_functions["staff.newsletters.send"]

    def walked(**given: Any) -> Any:
        sys.setprofile(walk)
        try:
            return view(**given)
        finally:
            sys.setprofile(None)

    staff.application.view_functions["staff.newsletters.send"] = walked
    answers(303, staff.post(f"{PAGE}/versturen/", data={"seen": "1"}))

    assert walk.followed == [
        *("staff/newsletters/sending", "newsletters/sending", "newsletters", "newsletters/checks"),
        *("newsletters/content", "mailer/ledger", "shared", "audit"),
    ]
    assert [call for call in walk.calls if height(call[0]) > height(call[1])] == []
