"""What the mails around a membership say, word for word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dordt.accounts.models import StaffMember
from dordt.shared.mail import Draft
from dordt.workgroups import emails
from dordt.workgroups.models import Meeting, Membership, MembershipState
from tests.factories.places import make_neighbourhood
from tests.factories.workgroups import make_membership, make_workgroup

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = datetime(2027, 3, 5, 9, tzinfo=UTC)
DECISION = "Fijn dat u mee wilt tekenen.\n\nU hoeft niets mee te nemen."
BY = StaffMember(name="Hanna Blaauw")
MEETING = Meeting(
    title="Waar komt meer schaduw?",
    location="Het Sterrenwiel, zaal 2",
    starts_at=datetime(2027, 3, 30, 17, 30, tzinfo=UTC),  # two days after the clock went forward
    ends_at=datetime(2027, 3, 30, 19, 30, tzinfo=UTC),
)


@pytest.fixture
def membership(app, monkeypatch):
    monkeypatch.setattr(emails, "issue_token", lambda *_args, **_options: "teken")
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    group = make_workgroup(slug="sterrenburgpark", name="werkgroep Sterrenburgpark")
    return make_membership(group, id=7, email="anna@voorbeeld.nl", motivation="Ik teken graag mee.")


def decided(membership: Membership, state: MembershipState) -> Draft:
    membership.state, membership.decision_text = state, DECISION
    return emails.membership_decided(membership, by=BY, meeting=MEETING)


def approved_before_there_is_a_date(membership: Membership) -> Draft:
    membership.state = MembershipState.APPROVED
    return emails.membership_decided(membership, by=BY, meeting=None)


DRAFTS = {
    "confirm_membership": lambda membership: emails.confirm_membership(membership, at=NOW),
    "already_member": emails.already_member,
    "membership_requested": emails.membership_requested,
    "membership_notice": emails.membership_notice,
    "membership_approved": lambda membership: decided(membership, MembershipState.APPROVED),
    "membership_approved.no_meeting": approved_before_there_is_a_date,
    "membership_waiting": lambda membership: decided(membership, MembershipState.WAITING),
    "membership_declined": lambda membership: decided(membership, MembershipState.DECLINED),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_mail_says_what_its_golden_text_says(membership, name):
    draft = DRAFTS[name](membership)

    told = f"Aan: {draft.to}\nAntwoord aan: {draft.reply_to}\nOnderwerp: {draft.subject}\n\n{draft.text}"
    assert draft.name == name.partition(".")[0]
    assert told == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", DRAFTS)
def test_every_link_of_the_text_stands_in_the_html_too(membership, name):
    draft = DRAFTS[name](membership)

    links = [line for line in draft.text.splitlines() if line.startswith("http") and "teken" in line]
    assert all(f'href="{link}"' in draft.html for link in links)
    assert membership.workgroup.name in draft.html
