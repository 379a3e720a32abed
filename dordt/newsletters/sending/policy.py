"""The rule of two people: who may approve a newsletter, and whether an approval still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from dordt.accounts.models import Role, StaffMember
from dordt.accounts.rights import ROLE_RIGHTS, Right
from dordt.extensions import db
from dordt.newsletters.models import Newsletter, NewsletterPolicy, NewsletterState
from dordt.shared.problems import NotAllowed

APPROVED_STATES = (NewsletterState.APPROVED, NewsletterState.SCHEDULED)
THE_ONE_ROW = 1
MOST_NAMED = 3


@dataclass(frozen=True)
class Approval:
    """problem: why an approval that was given holds no more. refusal: why this member may not give one.

    will_be_single_approver: this member changed it last, and may approve it all the same.
    """

    holds: bool
    problem: str | None
    refusal: str | None
    will_be_single_approver: bool


def value() -> NewsletterPolicy | None:
    """What the administrator chose; None when nothing was."""
    return db.session.get(NewsletterPolicy, THE_ONE_ROW)


def locked(*, at: datetime) -> NewsletterPolicy:
    """The row, made when it is not there; of two who make it at once the second finds the first."""
    found = db.session.get(NewsletterPolicy, THE_ONE_ROW, with_for_update=True)
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            made = NewsletterPolicy(id=THE_ONE_ROW, second_person=True, changed_at=at)
            db.session.add(made)
    except IntegrityError:
        return db.session.get_one(NewsletterPolicy, THE_ONE_ROW, with_for_update=True)
    return made


def asks_second_person() -> bool:
    """Whether whoever changed a newsletter last may not approve it."""
    found = value()
    return found is None or found.second_person


def approval_problem(newsletter: Newsletter) -> str | None:
    """Why its approval is not enough; None when it is. Asked again at each step, by the rule of that moment."""
    if newsletter.approved_at is None or newsletter.approved_at < newsletter.updated_at:
        return "Deze nieuwsbrief is niet goedgekeurd zoals hij nu is. Laat hem eerst goedkeuren."
    if is_single_approver(newsletter) and asks_second_person():
        return (
            "Wie deze nieuwsbrief schreef, keurde hem zelf goed. Dat mocht toen. Nu moet een tweede persoon dat doen. "
            "Vraag een collega om hem goed te keuren."
        )
    return None


def require_approval(newsletter: Newsletter) -> None:
    """Raises NotAllowed when there is no approval, or it holds no more."""
    problem = approval_problem(newsletter)
    if problem:
        raise NotAllowed(problem)


def holds(newsletter: Newsletter) -> bool:
    """Whether it may go as it is now."""
    return newsletter.state in APPROVED_STATES and approval_problem(newsletter) is None


def is_single_approver(newsletter: Newsletter) -> bool:
    """Whether whoever changed it last approved it too; an operator at the command line counts as another person."""
    return newsletter.approved_by_id is not None and newsletter.approved_by_id == newsletter.edited_by_id


def refusal(newsletter: Newsletter, by: StaffMember | None) -> str | None:
    """Why this member may not approve it, and whom to ask; None when they may."""
    if by is None or by.id != newsletter.edited_by_id or not asks_second_person():
        return None
    return f"U veranderde deze nieuwsbrief zelf als laatste. Een tweede persoon keurt hem goed. {_whom_to_ask(by)}"


def require_second_person(newsletter: Newsletter, by: StaffMember | None) -> None:
    """Raises NotAllowed when this member may not approve it."""
    problem = refusal(newsletter, by)
    if problem:
        raise NotAllowed(problem)


def approval_of(newsletter: Newsletter, by: StaffMember) -> Approval:
    """Looked at by the rule of now."""
    was_given = newsletter.state in APPROVED_STATES
    problem = approval_problem(newsletter) if was_given else None
    refused = refusal(newsletter, by)
    wrote_it = by.id == newsletter.edited_by_id
    return Approval(was_given and problem is None, problem, refused, wrote_it and refused is None)


def action_of(newsletter: Newsletter) -> str:
    """How the log calls an approval that was just given."""
    if newsletter.approved_by_id is None:
        return "newsletter.approved_by_operator"
    return "newsletter.approved_alone" if is_single_approver(newsletter) else "newsletter.approved"


def approvers(*, but: StaffMember) -> Sequence[StaffMember]:
    """Who else may approve, by name."""
    roles = [name for name, rights in ROLE_RIGHTS.items() if Right.APPROVE_NEWSLETTER in rights]
    may = StaffMember.roles.any(Role.name.in_(roles))
    return db.session.scalars(StaffMember.listed().where(StaffMember.active, may, StaffMember.id != but.id)).all()


def _whom_to_ask(by: StaffMember) -> str:
    names = [member.name for member in approvers(but=by)]
    if not names:
        return "Er is nu niemand anders die dat mag. Vraag uw beheerder om raad."
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], "een andere collega die mag goedkeuren"]
    *others, last = names
    return f"Vraag het aan {' of '.join([', '.join(others), last] if others else [last])}."
