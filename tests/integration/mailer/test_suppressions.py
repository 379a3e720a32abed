"""Addresses that get no mail: adding, finding and releasing."""

from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import claiming
from dordt.mailer.models import Delivery, MailKind, Suppression, SuppressionCause, SuppressionScope
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.rules import is_suppressed, suppressed_sql
from dordt.shared.addresses import AddressRefused
from tests.factories.mailer import WRITTEN_AT, make_newsletter, states

pytestmark = pytest.mark.usefixtures("app")


def add(key: str, **values: Any) -> int | None:
    given = {"scope": SuppressionScope.ALL, "cause": SuppressionCause.STAFF, "reason": "Op verzoek", "at": WRITTEN_AT}
    return suppression_list.add(key, **{**given, **values})


def keys(query: "sa.Select[Suppression]") -> list[str]:
    return [found.address_key for found in db.session.scalars(query)]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Anna@Voorbeeld.NL", "anna@voorbeeld.nl"),
        ("@Voorbeeld.nl", "@voorbeeld.nl"),
        ("@bücher.nl", "@xn--bcher-kva.nl"),
    ],
)
def test_an_address_or_a_domain_is_kept_in_the_form_in_which_it_is_compared(written: str, key: str):
    assert suppression_list.key_of(written) == key


@pytest.mark.parametrize("written", ["anna", "@", "@nergens", "anna@", "", "@a@b.nl"])
def test_what_is_neither_an_address_nor_a_domain_is_refused(written: str):
    with pytest.raises(AddressRefused):
        suppression_list.key_of(written)


def test_adding_twice_keeps_the_first_reason():
    first = add("anna@voorbeeld.nl", reason="Bestaat niet")

    again = add("anna@voorbeeld.nl", reason="Iets anders")

    assert (first is not None, again) == (True, None)
    assert db.session.scalars(sa.select(Suppression.reason)).all() == ["Bestaat niet"]


def test_one_address_may_be_suppressed_for_several_scopes():
    assert add("anna@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)
    assert add("anna@voorbeeld.nl", scope=SuppressionScope.GROUP)


@pytest.mark.parametrize("key", ["anna@voorbeeld.nl", "@voorbeeld.nl", "@post.voorbeeld.nl"])
@pytest.mark.parametrize("scope", SuppressionScope)
@pytest.mark.parametrize("list_id", ["", "oud-krispijn"])
@pytest.mark.parametrize("kind", MailKind)
def test_the_rule_is_the_same_as_an_expression_and_as_plain_sql(key, scope, list_id, kind):
    add(key, scope=scope, list_id=list_id)
    expression = is_suppressed(sa.literal("anna@voorbeeld.nl"), kind=sa.literal(kind), list_id=sa.literal("stad"))
    asked = sa.select(sa.literal("anna@voorbeeld.nl").label("address_key")).subquery("asked")
    plain = sa.text(suppressed_sql("asked.address_key", db.session.get_bind().dialect.name))

    answers = (
        db.session.scalar(sa.select(expression)),
        db.session.scalar(sa.select(plain).select_from(asked), {"kind": kind.value, "list_id": "stad"}),
    )

    is_covered = scope == "all" or (scope == kind and not list_id)
    assert [bool(answer) for answer in answers] == 2 * [is_covered and key != "@post.voorbeeld.nl"]


def test_an_address_is_covered_by_itself_and_by_its_domain():
    for key in ("anna@voorbeeld.nl", "@voorbeeld.nl", "bram@voorbeeld.nl", "@post.voorbeeld.nl"):
        add(key)

    assert keys(suppression_list.covering("anna@voorbeeld.nl")) == ["anna@voorbeeld.nl", "@voorbeeld.nl"]


def test_the_list_is_narrowed_by_cause_and_by_words():
    add("anna@voorbeeld.nl", cause=SuppressionCause.HARD_BOUNCE)
    add("bram_x@voorbeeld.nl", cause=SuppressionCause.COMPLAINT)

    assert keys(suppression_list.listed(cause="complaint")) == ["bram_x@voorbeeld.nl"]
    assert keys(suppression_list.listed(words="ANNA")) == ["anna@voorbeeld.nl"]
    assert keys(suppression_list.listed(words="%")) == []
    assert len(keys(suppression_list.listed(cause="onzin"))) == 2
    assert suppression_list.counts() == {SuppressionCause.HARD_BOUNCE: 1, SuppressionCause.COMPLAINT: 1}


def test_releasing_removes_it_once():
    added = add("anna@voorbeeld.nl")
    assert added

    assert [suppression_list.release(added), suppression_list.release(added)] == [True, False]
    assert keys(suppression_list.listed()) == []


def test_a_blocked_domain_keeps_mail_from_its_own_addresses_alone():
    mail = make_newsletter(2)
    elsewhere = db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail.id).limit(1)).one()
    elsewhere.address_key = "anna@gesloten-school.nl"
    add("@gesloten-school.nl")
    db.session.commit()

    claimed = claiming.claim("worker", 10, at=WRITTEN_AT)

    assert [due.address_key for due in claimed] == ["lezer2@voorbeeld.nl"]
    assert states(mail.id) == {"leased": 1, "suppressed": 1}
