"""A second person approves; what was approved is what goes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.models import Delivery
from dordt.newsletters.content import rendering
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter, NewsletterPolicy, NewsletterState
from dordt.newsletters.sending import plans, policy
from dordt.newsletters.sending import services as sending
from dordt.newsletters.sending.plans import Plan
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.staff.log import labels as log_labels
from tests.factories.accounts import make_member
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.at_once import at_once
from tests.support.stored import actions
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State = NewsletterState
SECTION = "/beheer/nieuwsbrieven/"
SETTINGS = "/beheer/instellingen/"


def two_members() -> list[StaffMember]:
    """As the guard gives them: apart from the session of the test, which would hold the lock."""
    members = [make_member() for _ in range(2)]
    for member in members:
        db.session.refresh(member)
        db.session.expunge(member)
    return members


def approve(newsletter: Newsletter, by=None, **given) -> bool:
    return sending.approve_newsletter(newsletter.id, at=clock.now(), by=by, **given)


def start(newsletter: Newsletter) -> bool:
    return sending.start_newsletter(newsletter.id, at=clock.now())


def settle(second_person: bool) -> None:
    sending.set_second_person(second_person, at=clock.now(), by=make_member())


@pytest.fixture
def reader(app):
    return make_subscriber()


def test_whoever_changed_it_last_may_not_approve_it_and_is_told_whom_to_ask(app):
    author = make_member(role="redacteur", name="Eva")
    make_member(role="redacteur", name="Tom")
    make_member(role="lezer", name="Lies")
    newsletter = make_newsletter(by=author)

    with pytest.raises(NotAllowed, match=r"tweede persoon.*Vraag het aan Tom\.$"):
        approve(newsletter, author)

    db.session.rollback()
    assert newsletter.state == State.DRAFT


def test_with_nobody_else_it_says_so(app):
    author = make_member(role="redacteur")

    with pytest.raises(NotAllowed, match="niemand anders"):
        approve(make_newsletter(by=author), author)


def test_who_wrote_it_first_may_approve_it_once_another_changed_it(app):
    author, other = make_member(), make_member()
    newsletter = make_newsletter(by=author)
    editing.edit_newsletter(newsletter.id, NewsletterContent("Anders", ""), at=clock.now(), by=other)

    with pytest.raises(NotAllowed, match="tweede persoon"):
        approve(newsletter, other)
    db.session.rollback()

    assert policy.refusal(newsletter, author) is None


def test_approving_twice_is_one_approval(app):
    newsletter, approver = make_newsletter(by=make_member()), make_member()

    assert [approve(newsletter, approver), approve(newsletter, make_member())] == [True, False]
    assert newsletter.approved_by_id == approver.id
    assert actions("newsletter") == ["created", "approved"]


def test_two_approvers_at_once_are_one_approval(app):
    number = make_newsletter(by=make_member()).id
    outcomes = at_once(
        app, *(lambda by=by: sending.approve_newsletter(number, at=clock.now(), by=by) for by in two_members())
    )

    assert sorted(outcomes) == [False, True]


def test_what_was_changed_since_it_was_seen_is_not_approved(app):
    newsletter = make_newsletter(by=make_member())
    seen = newsletter.edit_version
    editing.edit_newsletter(newsletter.id, NewsletterContent("Anders", ""), at=clock.now(), by=make_member())

    with pytest.raises(NotAllowed, match="intussen veranderd"):
        approve(newsletter, make_member(), version=seen)


def test_an_approval_of_an_older_edit_does_not_start(reader):
    newsletter = make_newsletter(State.APPROVED)
    newsletter.updated_at = newsletter.approved_at + timedelta(seconds=1)
    db.session.commit()

    with pytest.raises(NotAllowed, match="niet goedgekeurd zoals hij nu is"):
        start(newsletter)

    db.session.rollback()
    assert newsletter.state == State.APPROVED


def test_an_approval_that_nobody_gave_does_not_start(reader):
    newsletter = make_newsletter(State.APPROVED)
    newsletter.approved_at = None
    db.session.commit()

    with pytest.raises(NotAllowed, match="niet goedgekeurd"):
        start(newsletter)


def test_with_the_rule_off_one_person_is_enough_and_the_log_says_so(reader):
    author = make_member(name="Eva")
    settle(False)
    newsletter = make_newsletter(by=author)

    assert approve(newsletter, author)
    assert start(newsletter)

    assert actions("newsletter") == ["policy_changed", "created", "approved_alone", "started"]
    assert "zonder tweede persoon" in log_labels.ACTIONS["newsletter.approved_alone"]


def alone(state: NewsletterState = State.APPROVED) -> Newsletter:
    """Approved by its writer while that was allowed; the rule was turned on again since."""
    author = make_member()
    settle(False)
    newsletter = make_newsletter(by=author)
    approve(newsletter, author)
    if state is State.SCHEDULED:
        at = clock.now()
        plan = Plan(at + timedelta(minutes=1), at + timedelta(hours=1))
        sending.plan_newsletter(newsletter.id, plan, at=at)
    settle(True)
    return newsletter


def test_turned_on_again_an_approval_alone_starts_and_plans_nothing(reader):
    newsletter = alone()
    at = clock.now()

    with pytest.raises(NotAllowed, match="Vraag een collega"):
        start(newsletter)
    db.session.rollback()
    with pytest.raises(NotAllowed, match="Vraag een collega"):
        sending.plan_newsletter(newsletter.id, Plan(at + timedelta(hours=1), at + timedelta(hours=3)), at=at)
    db.session.rollback()

    assert approve(newsletter, make_member())
    assert start(newsletter)


def test_a_plan_that_was_approved_alone_does_not_start_and_says_why(reader):
    newsletter = alone(State.SCHEDULED)
    at = newsletter.scheduled_at

    sending.start_due(at=at)
    assert not db.session.scalar(sa.select(Delivery))
    assert "tweede persoon" in plans.status_of(newsletter, at=at).reason

    assert approve(newsletter, make_member())
    assert newsletter.state == State.SCHEDULED
    sending.start_due(at=at)
    db.session.rollback()
    assert newsletter.state == State.SENDING


def test_the_operator_may_approve_and_the_log_names_the_command_line(reader):
    newsletter = make_newsletter(by=make_member())

    assert approve(newsletter)
    assert start(newsletter)
    assert actions("newsletter") == ["created", "approved_by_operator", "started"]


BROKEN = {
    "text": lambda draft: replace(draft, text="Beste lezer,"),
    "html": lambda draft: replace(draft, html=re.sub(r'<a href="[^"]*afmelden[^"]*"', "<a", draft.html)),
    "header": lambda draft: replace(draft, headers={}),
    "one click": lambda draft: replace(draft, headers={**draft.headers, "List-Unsubscribe-Post": ""}),
    "token": lambda draft: replace(draft, token_purpose=None),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("way", ["staff", "command", "plan"])
def test_without_a_way_out_nothing_starts(app, reader, staff_client: StaffClient, monkeypatch, broken, way):
    newsletter, whole, at = make_newsletter(State.APPROVED), rendering.draft_of, clock.now()
    if way == "plan":
        then = at - timedelta(minutes=5)
        sending.plan_newsletter(newsletter.id, Plan(then + timedelta(minutes=1), at + timedelta(hours=1)), at=then)
    monkeypatch.setattr(rendering, "draft_of", lambda *given: broken(whole(*given)))

    if way == "staff":
        answer = staff_client("redacteur").post(f"{SECTION}1/versturen/", data={"seen": "1"})
        assert (answer.status_code, "De link om u af te melden ontbreekt" in answer.text) == (409, True)
    elif way == "command":
        result = app.test_cli_runner().invoke(args=["newsletter", "send", "1"])
        assert (result.exit_code, "De link om u af te melden ontbreekt" in result.stderr) == (1, True)
    else:
        sending.start_due(at=at)
        assert "De link om u af te melden ontbreekt" in plans.status_of(newsletter, at=at).reason

    db.session.rollback()
    assert not db.session.scalar(sa.select(Delivery))
    assert newsletter.mail_id is None


def test_the_writer_sees_whom_to_ask_and_no_button(staff_client: StaffClient):
    make_member(role="redacteur", name="Tom")
    client = staff_client("redacteur")
    make_newsletter(by=client.member)

    page = client.get(f"{SECTION}1/versturen/").text

    assert "Vraag het aan Tom." in page
    assert "Goedkeuren</button>" not in page
    assert client.post(f"{SECTION}1/goedkeuren/", data={"seen": "1"}).status_code == 409


def test_a_page_from_before_a_change_approves_nothing(staff_client: StaffClient):
    make_newsletter(by=make_member())
    client = staff_client("redacteur")
    assert 'name="seen" value="1"' in client.get(f"{SECTION}1/versturen/").text
    editing.edit_newsletter(1, NewsletterContent("Anders", ""), at=clock.now(), by=make_member())

    answer = client.post(f"{SECTION}1/goedkeuren/", data={"seen": "1"})

    assert (answer.status_code, "intussen veranderd" in answer.text) == (422, True)


def test_the_administrator_turns_the_rule_off_and_everybody_sees_it(staff_client: StaffClient):
    client, author = staff_client("beheerder", name="Bea"), staff_client("redacteur", name="Eva")
    page = client.get(SETTINGS).text
    assert 'checked id="second_person-0"' in page
    assert "Nog niet veranderd" in page

    answers = [client.post(SETTINGS, data={"second_person": "uit"}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert re.search(r"Laatst veranderd op .* door Bea", client.get(SETTINGS).text, re.DOTALL)
    make_newsletter(by=author.member)
    assert "Dan staat erbij: zonder tweede persoon." in author.get(f"{SECTION}1/versturen/").text
    author.post(f"{SECTION}1/goedkeuren/", data={"seen": "1"})
    for path in (f"{SECTION}1/", f"{SECTION}1/versturen/"):
        assert "door Eva, zonder tweede persoon" in author.get(path).text
    assert actions("newsletter") == ["policy_changed", "created", "approved_alone"]
    log = client.get("/beheer/logboek/").text
    assert "tweede persoon: uit" in log
    assert "goedgekeurd zonder tweede persoon" in log


def test_the_setting_asks_for_a_choice(staff_client: StaffClient):
    answer = staff_client("beheerder").post(SETTINGS, data={"second_person": "x"})

    assert answer.status_code == 422
    assert db.session.scalar(sa.select(NewsletterPolicy)) is None


@pytest.mark.parametrize("role", ["redacteur", "lezer", "wijkmedewerker", "coordinator"])
def test_only_the_administrator_comes_there(staff_client: StaffClient, role):
    client = staff_client(role)

    assert client.get(SETTINGS).status_code == 403
    assert client.post(SETTINGS, data={"second_person": "uit"}).status_code == 403
    assert "Instellingen" not in client.get("/beheer/").text


def test_two_who_settle_it_at_once_leave_one_row(app):
    outcomes = at_once(
        app, *(lambda by=by: sending.set_second_person(False, at=clock.now(), by=by) for by in two_members())
    )

    assert sorted(outcomes) == [False, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NewsletterPolicy)) == 1
