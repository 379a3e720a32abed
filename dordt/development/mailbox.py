"""The page /postvak/: every mail that "went out" in development, and its links to click."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.development.caught import CaughtMail, recipients
from dordt.shared.forms import require_csrf
from dordt.shared.headers import CONTENT_SECURITY_POLICY

bp = Blueprint("mailbox", __name__, url_prefix="/postvak")

SHOWN = 100
LINK = re.compile(r"https?://[^\s<>\"']+")
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@bp.get("/")
def index() -> ResponseReturnValue:
    """The mails, newest first, all or those with a certain recipient or subject."""
    caught, wanted = _caught(), request.args.get("zoek", "").strip()
    numbers = list(caught.matching(wanted)) if wanted else caught.numbers()
    mails = [(number, caught.headers(number)) for number in numbers[:SHOWN]]
    rows = [(number, recipients(mail), mail.get("Subject", ""), _moment(mail)) for number, mail in mails if mail]
    return render_template("development/mailbox/index.html", rows=rows, count=len(numbers), wanted=wanted, shown=SHOWN)


@bp.get("/<int(max=99999999):number>/")
def show(number: int) -> ResponseReturnValue:
    """One mail: headers, the whole text part, every link, and the HTML part in a frame."""
    mail = _mail(number)
    text, html = _part(mail, "plain"), _part(mail, "html")
    page = render_template(
        "development/mailbox/show.html",
        number=number,
        mail=mail,
        recipients=recipients(mail),
        text=text,
        has_html=bool(html),
        links=list(dict.fromkeys([*_links_of_text(text), *_links_of_html(html)])),
        attachments=[part.get_filename() for part in mail.iter_attachments()],
    )
    return page, {"Content-Security-Policy": PAGE_POLICY}


@bp.get("/<int(max=99999999):number>/html/")
def html(number: int) -> ResponseReturnValue:
    """The HTML part as the mail holds it, at an address of its own with a policy of its own; links open a new tab."""
    document = re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', _part(_mail(number), "html"), count=1)
    response = make_response(document or abort(404))
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.post("/leegmaken/")
def clear() -> ResponseReturnValue:
    """Throw all mails away."""
    require_csrf()
    _caught().clear()
    return redirect(url_for(".index"), code=303)


def _caught() -> CaughtMail:
    return CaughtMail(current_app.config["DATA_DIR"])


def _mail(number: int) -> EmailMessage:
    return _caught().read(number) or abort(404)


def _moment(mail: EmailMessage) -> object:
    return getattr(mail.get("Date"), "datetime", None)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a character set that nobody knows
        return bytes(part.get_payload(decode=True)).decode("utf-8", "replace")


def _links_of_text(text: str) -> Iterator[str]:
    yield from (found.rstrip(".,;:!?)") for found in LINK.findall(text))


def _links_of_html(html: str) -> list[str]:
    reader = _LinkReader()
    reader.feed(html)
    return reader.links


class _LinkReader(HTMLParser):
    """Collects where the links of a document lead."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of each <a>."""
        target = dict(attrs).get("href") if tag == "a" else None
        if target and target.startswith(("http://", "https://", "mailto:")):
            self.links.append(target)
