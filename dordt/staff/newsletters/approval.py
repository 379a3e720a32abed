"""How it is with the approval of a newsletter, as the page shows it to one member."""

from dataclasses import dataclass

from dordt.accounts.models import StaffMember
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import policy


@dataclass(frozen=True)
class Approval:
    """problem: why an approval that was given stands no more. refusal: why this member may not give one.

    will_be_alone: this member changed it last, and may approve it all the same.
    """

    stands: bool
    problem: str | None
    refusal: str | None
    will_be_alone: bool


def approval_of(newsletter: Newsletter, by: StaffMember) -> Approval:
    """Looked at by the rule of now."""
    was_given = newsletter.state in policy.APPROVED_STATES
    problem = policy.approval_problem(newsletter) if was_given else None
    refusal = policy.refusal(newsletter, by)
    wrote_it = by.id == newsletter.edited_by_id
    return Approval(was_given and problem is None, problem, refusal, wrote_it and refusal is None)


def approved_by(newsletter: Newsletter) -> str:
    """'door Anna, zonder tweede persoon': who approved it; empty when nobody did."""
    if newsletter.approved_at is None:
        return ""
    if newsletter.approved_by is None:
        return "op de opdrachtregel"
    return f"door {newsletter.approved_by.name}" + (", zonder tweede persoon" if policy.is_alone(newsletter) else "")
