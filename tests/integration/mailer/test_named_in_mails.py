"""Every mail around a message or a membership names what it is about and who answers, and nothing that is private."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dordt.contact.models import Message
from dordt.shared.mail import Draft
from dordt.workgroups.models import Membership
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.mails import BY, OF_MEMBERSHIP, OF_MESSAGE, SAID
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.workgroups import make_membership, make_workgroup

TOPIC, GROUP = "Groen en spelen", "werkgroep Sterrenburgpark"
TYPED = {"name": "Fatima El Amrani", "phone": "06 12345678"}
TYPED_IN_MESSAGE = {**TYPED, "body": "De bank is kapot.", "location": "Bij het water"}
FIRST_NAME, SURNAME = BY.name.split()
WORDS = SAID.splitlines()[0]  # of whoever answers
LONGEST = 200  # characters of a subject in the ledger


@pytest.fixture
def message(app) -> Message:
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_message(topic=make_topic(name=TOPIC), **TYPED_IN_MESSAGE)


@pytest.fixture
def membership(app) -> Membership:
    return make_membership(make_workgroup(name=GROUP), motivation="Ik teken graag mee.", **TYPED)


@pytest.fixture
def drafts(message: Message, membership: Membership) -> dict[str, Draft]:
    """Each mail by its name, as it is written about this message or this membership."""
    return _written(OF_MESSAGE, message) | _written(OF_MEMBERSHIP, membership)


def _written(registry: Mapping[str, Callable[[Any], Draft]], about: Any) -> dict[str, Draft]:
    return {name: write(about) for name, write in registry.items()}


def lacking(drafts: dict[str, Draft], wanted: Callable[[Draft], list[str]]) -> list[str]:
    """Which wanted words do not stand in the subject, the text or the HTML of which mail."""
    return [
        f"{name}: {words!r} in {part}"
        for name, draft in drafts.items()
        for words in wanted(draft)
        for part in ("subject", "text", "html")
        if words not in getattr(draft, part)
    ]


def test_every_mail_names_what_it_is_about(drafts: dict[str, Draft]):
    assert lacking({name: drafts[name] for name in OF_MESSAGE}, lambda _draft: [TOPIC]) == []
    assert lacking({name: drafts[name] for name in OF_MEMBERSHIP}, lambda _draft: [GROUP]) == []


def test_no_subject_holds_what_somebody_typed(drafts: dict[str, Draft]):
    typed = (*TYPED_IN_MESSAGE.values(), "Ik teken", WORDS)

    assert [name for name, draft in drafts.items() if any(words in draft.subject for words in typed)] == []


def test_whoever_answers_is_named_by_first_name_and_team(drafts: dict[str, Draft], message: Message):
    residents = {message.email, *(draft.to for name, draft in drafts.items() if name == "membership_requested")}
    answers = {name: draft for name, draft in drafts.items() if draft.to in residents and WORDS in draft.text}

    assert len(answers) >= 6
    for part in ("text", "html"):
        unsigned = [
            name
            for name, draft in answers.items()
            if f"groet,\n{FIRST_NAME}\nteam Dordt aan Zet" not in getattr(draft, part).replace("<br>", "\n")
        ]
        assert unsigned == []
    assert [name for name, draft in drafts.items() if SURNAME in draft.text + draft.html + draft.subject] == []


def test_every_mail_says_which_team_it_is_of(drafts: dict[str, Draft]):
    for name, draft in drafts.items():
        assert draft.text.count("team Dordt aan Zet") == draft.html.count("team Dordt aan Zet") == 1, name


def test_without_a_topic_or_a_name_no_sentence_has_a_gap(app, message: Message, monkeypatch):
    message.topic = None
    monkeypatch.setattr(BY, "name", "S. Vermeulen")

    for name, draft in _written(OF_MESSAGE, message).items():
        for part in (draft.subject, draft.text):
            assert "None" not in part, name
            assert not any(gap in part for gap in (" over .", " over gekregen", "(, ", "  ", "Vermeulen")), (name, part)


def test_who_leads_the_group_is_named_while_the_account_is_open(app, membership: Membership):
    leader = membership.workgroup.coordinator = make_member(role="coordinator", name="Hanna Blaauw")
    named = OF_MEMBERSHIP["membership_requested"](membership)
    leader.active = False
    unnamed = OF_MEMBERSHIP["membership_requested"](membership)

    for part in ("text", "html"):
        assert "Hanna begeleidt de groep en leest uw aanmelding." in getattr(named, part)
        assert "Blaauw" not in getattr(named, part)
        assert "De begeleider van de groep leest uw aanmelding." in getattr(unnamed, part)


def test_a_subject_is_never_longer_than_the_ledger_holds(app):
    make_neighbourhood(slug="sterrenburg", name="W" * 120)
    topic = make_topic(name="T" * 120)

    lengths = {name: len(draft.subject) for name, draft in _written(OF_MESSAGE, make_message(topic=topic)).items()}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
