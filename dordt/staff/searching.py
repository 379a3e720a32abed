"""What a member of staff searches for in a list of people: kept in the session, for a name belongs in no address."""

from flask import abort, request, session

from dordt.shared.forms import require_csrf

LONGEST = 200


def keep(section: str) -> None:
    """Keep the words that were posted, or forget them when the button says so.

    Answers 400 without a CSRF token, and 422 to what is no text.
    """
    require_csrf()
    words = "" if "wissen" in request.form else request.form.get("zoek", "")
    if "\x00" in words:  # breaks PostgreSQL
        abort(422)
    session[_key(section)] = words[:LONGEST].strip()


def kept(section: str) -> str:
    return str(session.get(_key(section), ""))


def _key(section: str) -> str:
    return f"search-{section}"
