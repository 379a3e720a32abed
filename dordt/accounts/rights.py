"""What each role may do; a right comes through a role only."""

from collections.abc import Iterable, Set
from enum import StrEnum


class Right(StrEnum):
    """One thing that a member of staff may do."""

    READ = "read"
    SEE_CONTACT_DETAILS = "see_contact_details"
    ASSIGN = "assign"
    ANSWER = "answer"
    CLOSE = "close"
    PUBLISH = "publish"
    SEND_NEWSLETTER = "send_newsletter"
    APPROVE_NEWSLETTER = "approve_newsletter"
    EXPORT = "export"
    ERASE = "erase"  # for the right to be forgotten (GDPR art. 17), which comes with `dordt/privacy`
    ADMINISTER = "administer"


ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    "beheerder": frozenset(Right),
    "redacteur": frozenset({Right.READ, Right.PUBLISH, Right.SEND_NEWSLETTER, Right.APPROVE_NEWSLETTER}),
    "wijkmedewerker": frozenset({Right.READ, Right.SEE_CONTACT_DETAILS, Right.ASSIGN, Right.ANSWER, Right.CLOSE}),
    "coordinator": frozenset({Right.READ, Right.SEE_CONTACT_DETAILS, Right.ANSWER}),
    "lezer": frozenset({Right.READ}),
}
# How a role is called on screen, and what it may do in a sentence.
ROLE_LABELS: dict[str, tuple[str, str]] = {
    "beheerder": ("Beheerder", "Mag alles, ook accounts maken en het logboek lezen."),
    "redacteur": ("Redacteur", "Schrijft nieuws en maakt en verstuurt nieuwsbrieven."),
    "wijkmedewerker": ("Wijkmedewerker", "Beantwoordt berichten en beslist over aanmeldingen."),
    "coordinator": ("Coördinator", "Begeleidt eigen werkgroepen en beslist wie daarin meedoet."),
    "lezer": ("Lezer", "Kijkt mee en verandert niets."),
}
LEADS_GROUPS_ONLY = {"coordinator"}  # who has no other role works for their own work groups alone


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """What these roles, by name, give together."""
    return frozenset().union(*(ROLE_RIGHTS.get(role, frozenset()) for role in roles))


def leads_groups_only(roles: Set[str]) -> bool:
    """Whether who has these roles works for their own work groups alone: whatever else residents send is not theirs to
    read, though their rights are those of a wijkmedewerker."""
    return roles == LEADS_GROUPS_ONLY
