"""A right is asked for in the transaction that uses it: who lost it after the page was shown changes nothing."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from dordt.accounts import services
from dordt.accounts.authorization import NO_LONGER
from dordt.accounts.models import StaffMember, staff_role
from dordt.accounts.rights import ROLE_RIGHTS, Right
from dordt.extensions import db
from dordt.newsletters.content import rendering
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.models import NewsletterState as State
from dordt.newsletters.sending import services as sending
from dordt.newsletters.sending.plans import Plan
from dordt.shared import clock
from dordt.shared.database import Base
from dordt.shared.problems import NotAllowed
from tests.factories.accounts import make_member
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.guards.modules import of_kind
from tests.support.at_once import at_once

# What names a member for the log alone, whatever they may do.
TAKES_NO_RIGHT = {"dordt.audit.services.record"}
HANDED_ON = {
    "dordt.contact.services.hand_back_messages",
    "dordt.drafts.services.erase_of",
}  # called by a service that asked


def _acting() -> Iterator[str]:
    """Every public function of a service that says by whom."""
    for module in of_kind("services"):
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                if "by" in names:
                    yield f"{module.dotted}.{node.name}"


ACTING = sorted(set(_acting()) - TAKES_NO_RIGHT - HANDED_ON)


def _found(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _with_anything(service: Callable[..., Any], **known: Any) -> Callable[[], Any]:
    """Call it with something for all that it needs: it must refuse before it looks at that."""
    needed = {name for name, each in signature(service).parameters.items() if each.default is Parameter.empty}
    return lambda: service(**{**dict.fromkeys(needed, 1), **known})


def _everything() -> dict[str, list[Any]]:
    db.session.rollback()
    found = {table.name: list(db.session.execute(sa.select(table))) for table in Base.metadata.sorted_tables}
    db.session.rollback()
    return found


def _take_away_every_right(member_id: int) -> None:
    """As a colleague does it meanwhile, on a connection of their own."""
    with Session(db.engine) as other:
        other.execute(sa.delete(staff_role).where(staff_role.c.member_id == member_id))
        other.commit()


def _close(member_id: int) -> None:
    with Session(db.engine) as other:
        other.execute(sa.update(StaffMember).where(StaffMember.id == member_id).values(active=False))
        other.commit()


def _read_by_a_page(role: str = "beheerder") -> StaffMember:
    """A member as a page knows them: what changes in the database does not reach that copy."""
    member = make_member(role=role)
    assert member.roles
    db.session.expunge(member)
    db.session.rollback()
    return member


def test_the_walk_finds_the_services():
    assert len(ACTING) > 40
    assert all(_found(name).asks for name in ACTING)  # type: ignore[attr-defined]


@pytest.mark.parametrize("lost", [_take_away_every_right, _close], ids=["role", "account"])
@pytest.mark.parametrize("name", ACTING)
def test_who_lost_the_right_after_the_page_was_shown_changes_nothing(
    app: Flask, name: str, lost: Callable[[int], None]
):
    by = _read_by_a_page()
    lost(by.id)
    before = _everything()

    with pytest.raises(NotAllowed) as refused:
        _with_anything(_found(name), by=by, at=clock.now())()

    assert str(refused.value) == NO_LONGER
    assert _everything() == before


@pytest.mark.parametrize("name", ACTING)
def test_each_right_that_a_service_asks_is_needed(app: Flask, name: str, monkeypatch: pytest.MonkeyPatch):
    service = _found(name)
    by = _read_by_a_page()

    for right in service.asks:  # type: ignore[attr-defined]
        monkeypatch.setitem(ROLE_RIGHTS, "beheerder", frozenset(Right) - {right})
        with pytest.raises(NotAllowed, match="geeft hiervoor geen recht"):
            _with_anything(service, by=by, at=clock.now())()
        db.session.rollback()


def _tomorrow() -> Plan:
    starts = clock.now() + timedelta(days=1)
    return Plan(starts, starts + timedelta(days=1))


STEPS_OF_A_NEWSLETTER = {
    "approve": (State.DRAFT, lambda number, by: sending.approve_newsletter(number, at=clock.now(), by=by)),
    "start": (State.APPROVED, lambda number, by: sending.start_newsletter(number, at=clock.now(), by=by)),
    "plan": (State.APPROVED, lambda number, by: sending.plan_newsletter(number, _tomorrow(), at=clock.now(), by=by)),
    "test": (State.DRAFT, lambda number, by: test_mail.send_test(number, ["a@voorbeeld.nl"], at=clock.now(), by=by)),
}


@pytest.mark.parametrize("step", STEPS_OF_A_NEWSLETTER)
def test_a_right_that_goes_while_a_newsletter_is_rendered_is_not_used(
    app: Flask, step: str, monkeypatch: pytest.MonkeyPatch
):
    state, take = STEPS_OF_A_NEWSLETTER[step]
    make_subscriber()
    number, by = make_newsletter(state).id, _read_by_a_page("redacteur")
    rendered = rendering.draft_of

    def render_and_lose_it(*given: Any, **more: Any) -> Any:
        draft = rendered(*given, **more)
        _take_away_every_right(by.id)
        return draft

    monkeypatch.setattr(rendering, "draft_of", render_and_lose_it)
    by_then = _everything()

    with pytest.raises(NotAllowed) as refused:
        take(number, by)

    assert str(refused.value) == NO_LONGER
    after = _everything()
    assert after.pop("staff_role") != by_then.pop("staff_role")
    assert after == by_then


def _refused(change: Callable[[], object]) -> bool:
    try:
        change()
    except NotAllowed:
        return True
    return False


CHANGES = {
    "demote": lambda number, by: services.change_role(number, "lezer", by=by, at=clock.now()),
    "close": lambda number, by: services.disable_member(number, by=by, at=clock.now()),
}


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_of_two_administrators_who_stop_each_other_one_is_refused(app: Flask, first: str, second: str):
    anna, bas = _read_by_a_page(), _read_by_a_page()

    refusals = at_once(
        app,
        lambda: _refused(lambda: CHANGES[first](bas.id, anna)),
        lambda: _refused(lambda: CHANGES[second](anna.id, bas)),
    )

    assert sorted(refusals) == [False, True]
    left = [each for each in db.session.scalars(StaffMember.listed()) if each.active and each.may(Right.ADMINISTER)]
    assert len(left) == 1
