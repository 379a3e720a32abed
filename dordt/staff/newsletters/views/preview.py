"""How a draft will look: on a telephone or wide, by day or by night."""

import re

from flask import Response

from dordt.accounts.rights import Right
from dordt.newsletters.content import rendering
from dordt.staff.guard import requires
from dordt.staff.mail_frame import framed
from dordt.staff.newsletters.room import NUMBER, bp, numbered

ASKS_FOR_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
SCHEMES = re.compile(r'(<meta name="(?:supported-)?color-schemes?" content=")light dark"')
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"


@bp.get(f"/{NUMBER}/licht/html/")
@requires(Right.READ)
def light(number: int) -> Response:
    """As on a screen that is set to light, whatever this one is set to."""
    return framed(_set_to("light", _html(number)))


@bp.get(f"/{NUMBER}/donker/html/")
@requires(Right.READ)
def dark(number: int) -> Response:
    """As on a screen that is set to dark, in a programme that lets the mail choose its colours."""
    return framed(_set_to("dark", _html(number)))


def _html(number: int) -> str:
    newsletter = numbered(number)
    return newsletter.mail.html if newsletter.mail else rendering.draft_of(newsletter).html


def _set_to(scheme: str, html: str) -> str:
    """The mail's own rules for dark, on or off: no colour is added that it does not bring itself."""
    asked = ASKS_FOR_DARK.sub(ALWAYS if scheme == "dark" else NEVER, html)
    return SCHEMES.sub(rf'\1{scheme}"', asked)
