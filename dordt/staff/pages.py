"""What several pages of the staff share: a search that the session keeps, the way back to a list, a mail in a frame."""

from urllib.parse import urlsplit

from flask import Response, abort, make_response, render_template, request, session, url_for

from dordt.shared.forms import has_csrf, why_expired
from dordt.shared.links import without_tokens
from dordt.shared.requests import CONTENT_SECURITY_POLICY
from dordt.shared.search import words_of

LONGEST = 200
LISTS = "lists"  # in the session: by path, how each list was last looked at
MOST_LISTS = 8
# For the page that holds the frame.
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
# For the document in it: no script, nothing from elsewhere, links open a new window.
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def keep(section: str) -> None:
    """Keep the words that were posted, or forget them when the button says so.

    Answers 400 without a CSRF token, with the words to search again, and 422 to what is no text.
    """
    words = "" if "wissen" in request.form else words_of(request.form.get("zoek"))
    if "\x00" in words:  # breaks PostgreSQL
        abort(422)
    if not has_csrf():
        again = render_template("staff/search_again.html", words=words, reason=why_expired())
        abort(make_response(again, 400))
    session[_key(section)] = words


def kept(section: str) -> str:
    """The words that are searched for, until somebody comes to the list from another section."""
    if not _came_from_this_section():
        session.pop(_key(section), None)
    return str(session.get(_key(section), ""))


def note_list(response: Response) -> Response:
    """Keep with which filter and page a list was looked at, so that the way back leads there."""
    if request.method == "GET" and response.status_code == 200 and not request.view_args:
        known: dict[str, str] = session.get(LISTS, {})
        others = {path: query for path, query in known.items() if path != request.path}
        query = request.query_string.decode("ascii", "ignore")
        now = dict([*others.items(), (request.path, query)][-MOST_LISTS:]) if 0 < len(query) <= LONGEST else others
        if now != known:
            session[LISTS] = now
    return response


def way_back(url: str) -> str:
    """The address of a list as it was last looked at; any other address as it is."""
    if not url.startswith(url_for("staff.start.index")):
        return url  # a public page, where reading the session would keep a proxy from storing it
    query = session.get(LISTS, {}).get(url)
    return f"{url}?{query}" if query else url


def _came_from_this_section() -> bool:
    """True as well when the browser does not say."""
    before = urlsplit(request.referrer or "")
    section = "/".join(request.path.split("/")[:3])  # /beheer/berichten
    return before.netloc != request.host or before.path.startswith(f"{section}/")


def _key(section: str) -> str:
    return f"search-{section}"


def framed(html: str) -> Response:
    """The answer that holds the HTML part of a mail, without tokens; links in it open a new window."""
    response = make_response(without_tokens(html).replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
