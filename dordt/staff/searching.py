"""What a member of staff searches for in a list of people: kept in the session, for a name belongs in no address."""

from flask import request, session

from dordt.shared.forms import require_csrf

LONGEST = 200


def keep(room: str) -> None:
    """Keep the words that were posted, or forget them when the button says so; answers 400 without a CSRF token."""
    require_csrf()
    words = "" if "wissen" in request.form else request.form.get("zoek", "")
    session[_key(room)] = words.replace("\x00", "")[:LONGEST].strip()


def kept(room: str) -> str:
    """The words that were kept."""
    return str(session.get(_key(room), ""))


def _key(room: str) -> str:
    return f"search-{room}"
