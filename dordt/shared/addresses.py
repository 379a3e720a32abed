"""E-mail addresses: what we accept, how we compare them, and how they are taken out of the words of others."""

import re

from email_validator import EmailNotValidError, validate_email

_IN_WORDS = re.compile(r"[^\s@]{1,64}@\S{1,255}")


class AddressRefused(ValueError):
    """Not an address that mail can be sent to."""


def address_key(email: str) -> str:
    """The form in which addresses are compared: lower case, the domain in IDNA form.

    Raises AddressRefused. A local part outside ASCII is refused: it needs SMTPUTF8 (RFC 6531), which few relays offer.
    """
    try:
        # Reserved domains such as .test pass here: whether an address can be delivered is what double opt-in finds out.
        checked = validate_email(email, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise AddressRefused(str(wrong)) from wrong
    if "." not in checked.ascii_domain:
        raise AddressRefused("the domain has no dot")
    return f"{checked.local_part}@{checked.ascii_domain}".lower()


def without_addresses(words: str, *, instead: str = "…") -> str:
    """What a mail server said, with something else where an address stood: not all who read it may see that."""
    return _IN_WORDS.sub(instead, words)
