"""Every mail that "went out" in development: the folder of the mail catcher, and the page /postvak/ that shows it."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from html.parser import HTMLParser
from pathlib import Path

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.shared.forms import require_csrf
from dordt.shared.requests import CONTENT_SECURITY_POLICY
from dordt.shared.search import fold, words_of

bp = Blueprint("mailbox", __name__, url_prefix="/postvak")

SHOWN = 100
LINK = re.compile(r"https?://[^\s<>\"']+")
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
RECIPIENT = "X-Original-To"  # as Postfix names it: the recipient of the envelope


class CaughtMail:
    """The folder `postvak` in the data dir; the catcher writes it, the mailbox page reads it."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "postvak"
        self._latest = 0

    def add(self, content: bytes, *, sender: str, recipients: Iterable[str], at: datetime) -> int:
        """Keep one mail with its envelope as headers on top, and return its number.

        The file appears whole or not at all, and two catchers never take the same number.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{os.getpid()}-{id(content)}"
        fresh.write_bytes(_envelope(sender, recipients, at) + content)
        self._latest = self._latest or max(self.numbers(), default=0)
        while True:
            self._latest += 1
            if _take(fresh, self._path(self._latest)):
                break
        fresh.unlink()
        return self._latest

    def numbers(self) -> list[int]:
        """Newest first."""
        return sorted((int(path.stem) for path in self.folder.glob("[0-9]*.eml")), reverse=True)

    def read(self, number: int) -> EmailMessage | None:
        return self._parse(number, BytesParser(policy=policy.default))

    def headers(self, number: int) -> EmailMessage | None:
        return self._parse(number, BytesHeaderParser(policy=policy.default))

    def matching(self, text: str) -> Iterator[int]:
        """Numbers of the mails with this text in recipient or subject, newest first."""
        for number in self.numbers():
            mail = self.headers(number)
            if mail and fold(text) in fold(f"{recipients(mail)} {mail.get('Subject', '')}"):
                yield number

    def clear(self) -> None:
        for number in self.numbers():
            self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.eml"

    def _parse(self, number: int, parser: BytesParser) -> EmailMessage | None:
        try:
            with self._path(number).open("rb") as file:
                return parser.parse(file)  # type: ignore[return-value]
        except FileNotFoundError:
            return None


def recipients(mail: EmailMessage) -> str:
    """The recipients of the envelope, whatever the To line says."""
    return ", ".join(mail.get_all(RECIPIENT, []))


def _envelope(sender: str, recipients: Iterable[str], at: datetime) -> bytes:
    lines = [f"Return-Path: <{sender}>", *(f"{RECIPIENT}: {address}" for address in recipients)]
    lines.append(f"Received: by the mail catcher; {format_datetime(at)}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def _take(fresh: Path, path: Path) -> bool:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    return True


@bp.get("/")
def index() -> ResponseReturnValue:
    """The mails, newest first, all or those with a certain recipient or subject."""
    caught, wanted = _caught(), words_of(request.args.get("zoek"))
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
        target = dict(attrs).get("href") if tag == "a" else None
        if target and target.startswith(("http://", "https://", "mailto:")):
            self.links.append(target)
