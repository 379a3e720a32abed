"""Making and changing accounts."""

from datetime import timedelta

import pytest
from flask import Flask

from dordt.accounts import services
from dordt.accounts.models import StaffMember
from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import rows
from tests.factories.accounts import make_member

NOW = clock.now() + timedelta(days=1)  # after the accounts were made, however long the other tests take


def test_an_account_is_made_with_a_role_and_a_line_in_the_log(app: Flask):
    boss = make_member(name="Bas de Beheerder")

    member = services.create_member(
        email="Rik@Voorbeeld.NL", name="Rik", role="redacteur", password="appels op de fiets", at=NOW, by=boss
    )

    assert member.email == "rik@voorbeeld.nl"
    entry = rows(AuditEntry.about("staff_member", member.id))[0]
    assert (entry.action, entry.actor_id, entry.actor_name) == ("member.created", boss.id, "Bas de Beheerder")
    assert "rik@" not in str(entry.detail)


def test_an_address_has_one_account(app: Flask):
    make_member(email="rik@voorbeeld.nl")

    with pytest.raises(services.AccountRefused, match="al een medewerker"):
        make_member(email="RIK@voorbeeld.nl")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "geen adres"}, "email"), ({"password": "kort"}, "password"), ({"role": "koning"}, "role")],
    ids=["address", "password", "role"],
)
def test_a_refusal_names_the_field_it_is_about(app: Flask, wrong: dict[str, str], field: str):
    with pytest.raises(services.AccountRefused) as refused:
        make_member(**wrong)

    assert refused.value.field == field
    assert str(refused.value).endswith(".")


def test_roles_are_made_once(app: Flask):
    first, second = make_member(role="lezer"), make_member(role="lezer")

    assert first.roles == second.roles


def test_the_log_keeps_the_role_before_and_after(app: Flask):
    boss, member = make_member(), make_member(role="lezer")

    services.change_role(member.id, "redacteur", by=boss, at=NOW)

    entry = rows(AuditEntry.about("staff_member", member.id))[0]
    assert entry.detail == {"before": ["lezer"], "after": "redacteur"}


@pytest.mark.parametrize(
    "change",
    [
        lambda me: services.change_role(me.id, "lezer", by=me, at=NOW),
        lambda me: services.disable_member(me.id, by=me, at=NOW),
        lambda me: services.set_password(me.id, "appels op de fiets", by=me, at=NOW),
    ],
    ids=["role", "account", "password"],
)
def test_nobody_changes_their_own_account(app: Flask, change):
    me = make_member()

    with pytest.raises(NotAllowed):
        change(me)

    assert db.session.get_one(StaffMember, me.id).active


def test_a_password_is_only_changed_by_who_knows_the_old_one(app: Flask):
    me = make_member()

    with pytest.raises(services.AccountRefused) as refused:
        services.change_own_password("niet mijn wachtwoord", "acht sloten tegelijk", by=me, at=NOW)

    assert refused.value.field == "current"
    db.session.rollback()


def test_white_space_around_a_password_does_not_matter(app: Flask):
    make_member(email="rik@voorbeeld.nl", password="  appels op de fiets ")

    assert services.sign_in("rik@voorbeeld.nl", "appels op de fiets", at=NOW)


def test_a_hash_of_older_settings_is_renewed_at_sign_in(app: Flask):
    member = make_member(password="appels op de fiets")
    old = services.security.pwd_context.using(argon2__memory_cost=32).hash("appels op de fiets")
    member.password = old
    db.session.commit()

    services.sign_in(member.email, "appels op de fiets", at=NOW)

    assert db.session.get_one(StaffMember, member.id).password != old
