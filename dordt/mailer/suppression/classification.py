"""What a refusal says about an address: rules only, no database.

The same rules serve a refusal at RCPT and a bounce that comes back later; see `docs/mail.md`.
"""

import re
from enum import StrEnum

from dordt.mailer.smtp.protocol import ENHANCED
from dordt.shared.addresses import without_addresses

# Codes of RFC 3463 that are about the recipient's address; 5.1.7 and 5.1.8 are about ours, 5.7.x about policy.
GONE_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
UNCLEAR_CODES = {"", "5.0.0", "5.1.0", "5.1.4", "5.2.0", "5.3.0", "5.4.1", "5.5.0"}  # the words decide
UNCLEAR_REPLIES = {None, 550, 551, 553, 554}
FULL = "5.2.2"

_WHO = r"(?:user|recipient|mailbox|account|address(?:ee)?|alias|e-?mail|person|gebruiker|ontvanger|postbus)"
SAYS_GONE = re.compile(
    rf"(?:unknown|no such|non-?exist\w+|onbekende|no) (?:\w+ )?{_WHO}\b"
    rf"|{_WHO}s?(?: name)?:? (?:\w+ )?(?:is )?(?:not |un)(?:known|found|listed)|{_WHO} (?:is )?onbekend"
    r"|does(?: not|n't) exist|bestaat niet|unrouteable address|unknown or illegal alias|not our customer"
    rf"|{_WHO} (?:has been |is )?(?:disabled|inactive|closed|suspended|deactivated|no longer (?:valid|active|in use))"
    r"|^5\.5\.0 requested action not taken: mailbox unavailable|^5\.4\.1 recipient address rejected: access denied",
    re.IGNORECASE,
)
SAYS_OURS = re.compile(
    r"\brelay(?:ing)?\b|\bsender\b|\bspam\w*|\bpolicy\b|\bblock(?:ed|list\w*)\b|black-?list|reputation|\bdmarc\b|\bspf\b"
    r"|\bdkim\b|\brate\b|authenticat|not allowed|not permitted",
    re.IGNORECASE,
)
SAYS_FULL = re.compile(
    r"quota|mailbox (?:is |size )?(?:full|exceed\w*)|insufficient (?:system )?storage", re.IGNORECASE
)


class BounceClass(StrEnum):
    """What a refusal says about the address."""

    GONE = "gone"  # no mail will ever arrive there
    TROUBLED = "troubled"  # full, or unreachable for days: this may pass
    UNCLEAR = "unclear"  # it failed, and nobody says why
    OURS = "ours"  # nothing: it is about us, our message or their policy


class FailureCause(StrEnum):
    """Why a delivery failed, for a report: the bounce classes and silence, first what most can be done about."""

    GONE = "gone"
    TROUBLED = "troubled"
    OURS = "ours"
    UNCLEAR = "unclear"
    SILENT = "silent"  # no reply at all


def classify_bounce(*, code: int | None, enhanced: str | None, words: str) -> BounceClass:
    """What a final refusal says. `code`: of SMTP, `enhanced`: of RFC 3463; either may be missing.

    A relay that refuses everybody must never block a whole list: only codes that speak of the recipient's address
    count, and clear words where the code is vague.
    """
    words = " ".join(without_addresses(words, instead="").split())  # words in an address prove nothing
    status = enhanced or next(iter(ENHANCED.findall(words)), "")
    if status.startswith(("4.7.", "5.7.")):
        return BounceClass.OURS
    if status == FULL or status.startswith("4.") or (code == 552 and not status) or SAYS_FULL.search(words):
        return BounceClass.TROUBLED
    if SAYS_OURS.search(words) and not (status in GONE_CODES and SAYS_GONE.search(words)):
        return BounceClass.OURS
    if status in GONE_CODES:
        return BounceClass.GONE
    said = words if words.startswith(status) else f"{status} {words}"
    if status not in UNCLEAR_CODES or code not in UNCLEAR_REPLIES:
        return BounceClass.OURS
    return BounceClass.GONE if SAYS_GONE.search(said) else BounceClass.UNCLEAR


def failure_cause(code: int | None, enhanced: str | None, words: str) -> FailureCause:
    """Why a delivery failed for good, by the last reply of the relay; no code: it never replied."""
    if code is None:
        return FailureCause.SILENT
    if code < 500 and not (enhanced or "").startswith("4.7."):  # tried for two days
        return FailureCause.TROUBLED
    return FailureCause(classify_bounce(code=code, enhanced=enhanced, words=words))
