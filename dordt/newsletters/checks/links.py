"""Links that an editor wrote: whether they lead somewhere, and whether their words say where.

Our own pages are looked up as the site would, without asking for them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import sqlalchemy as sa
from flask import current_app
from markdown_it.token import Token
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.security import safe_join

from dordt.extensions import db
from dordt.media.images import image_at
from dordt.media.markdown import parse_for_mail
from dordt.media.models import MediaFile
from dordt.news.models import Article
from dordt.newsletters.checks.texts import CheckFinding
from dordt.newsletters.content.block_kinds import BLOCK_TYPES
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared import storage
from dordt.workgroups.models import Workgroup

SAYS_NOTHING = {"hier", "klik", "klik hier", "klik dan hier", "link", "deze link", "via deze link", "meer", "lees meer"}
SAYS_NOTHING |= {"lees verder", "meer lezen", "meer info", "meer informatie", "deze pagina", "website", "de website"}

BREAKS = {"softbreak", "hardbreak"}


@dataclass(frozen=True)
class Link:
    """words: what is clicked on; None where its words are not checked."""

    address: str
    words: str | None


def findings(newsletter: Newsletter, at: datetime) -> Iterator[CheckFinding]:
    for index, block in enumerate(newsletter.blocks):
        for link in dict.fromkeys(_links(block)):
            yield from _of_link(link, index, at)
        for source, alt in _pictures(block):
            yield from _of_picture(source, alt, index, at)


def _links(block: NewsletterBlock) -> Iterator[Link]:
    for line in _lines(block):
        yield from _links_in(line)
    fields = BLOCK_TYPES[block.kind].fields
    label = next((getattr(block, field.name).strip() for field in fields if field.is_label), "")
    for address in (getattr(block, field.name) for field in fields if field.is_address):
        if address.strip():
            yield Link(address, label or None)


def _lines(block: NewsletterBlock) -> Iterator[Sequence[Token]]:
    for name in BLOCK_TYPES[block.kind].markdown:
        yield from (token.children or [] for token in parse_for_mail(getattr(block, name)) if token.type == "inline")


def _links_in(tokens: Sequence[Token]) -> Iterator[Link]:
    address, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield Link(address, " ".join(words.split()))
        else:
            words += " " if token.type in BREAKS else token.content


def _pictures(block: NewsletterBlock) -> Iterator[tuple[str, str]]:
    images = (token for line in _lines(block) for token in line if token.type == "image")
    yield from ((str(token.attrs.get("src", "")), token.content) for token in images)


def _of_link(link: Link, index: int, at: datetime) -> Iterator[CheckFinding]:
    place = f"in blok {index + 1}"
    problem = problem_of(link.address, at=at)
    if problem:
        words = f"De link ‘{link.address.strip() or link.words}’ {place} {problem}. Verbeter hem of haal hem weg."
        yield CheckFinding(words, block=index)
    elif _is_open(link.address):
        words = f"Laat de link ‘{link.address}’ {place} met https:// beginnen, als die website dat kan."
        yield CheckFinding(words, is_blocking=False, block=index)
    if link.words is not None:
        yield from _of_words(link.words, link.address, index)


def _is_open(address: str) -> bool:
    full = urlsplit(urljoin(f"{current_app.config['SITE_URL']}/", address.strip()))
    return full.scheme == "http" and not _is_own(full)


def _of_words(words: str, address: str, index: int) -> Iterator[CheckFinding]:
    place = f"in blok {index + 1}"
    bare = words.strip(" .…:!>»→").casefold()
    if not words:
        yield CheckFinding(f"Geef de link ‘{address}’ {place} woorden om op te klikken.", block=index)
    elif not bare or bare in SAYS_NOTHING:
        sentence = f"Zeg met de woorden van de link ‘{words}’ {place} waar hij heen gaat."
        yield CheckFinding(sentence, is_blocking=False, block=index)
    elif bare.startswith(("http://", "https://", "www.")):
        sentence = f"Zet {place} woorden op de link in plaats van het adres ‘{words}’."
        yield CheckFinding(sentence, is_blocking=False, block=index)


def _of_picture(source: str, alt: str, index: int, at: datetime) -> Iterator[CheckFinding]:
    place = f"in de tekst van blok {index + 1}"
    if image_at(source) is None:
        words = f"De afbeelding ‘{source}’ {place} wordt niet getoond. Gebruik een afbeelding van onze eigen site."
        yield CheckFinding(words, is_blocking=False, block=index)
    elif problem_of(source, at=at):
        words = f"De afbeelding ‘{source}’ {place} bestaat niet meer. Haal haar weg."
        yield CheckFinding(words, block=index)
    elif not alt.strip():
        words = f"Beschrijf de afbeelding {place}, tussen de rechte haken: ![beschrijving](adres)."
        yield CheckFinding(words, block=index)


Values = dict[str, Any]
GONE = "leidt naar een pagina van onze site die er niet is"
OF_STAFF = "leidt naar een pagina die alleen medewerkers kunnen openen"
OF_ONE = "is van één persoon. Wie erop klikt, ziet of verandert iets van een ander"
NOWHERE = "leidt nergens heen"
MOST_REDIRECTS = 3


def problem_of(address: str, *, at: datetime) -> str | None:
    """What is wrong with an address that somebody wrote, as the end of a sentence; None when it may stand in a mail."""
    if not address.strip() or address.startswith("#"):
        return NOWHERE
    try:
        full = urlsplit(urljoin(f"{_site()}/", address.strip()))
        if _is_own(full):
            return _problem_of_page(unquote(full.path) or "/", at)
    except ValueError:
        return "is geen geldig webadres"
    return _problem_of_form(full)


def _is_own(address: SplitResult) -> bool:
    site = urlsplit(_site())
    return address.scheme in {"http", "https"} and _place(address) == _place(site)


def _site() -> str:
    return str(current_app.config["SITE_URL"])


def _place(address: SplitResult) -> tuple[str, int | None]:
    usual = {"http": 80, "https": 443}.get(address.scheme)
    return (address.hostname or "").lower().removeprefix("www."), address.port or usual


def _problem_of_form(address: SplitResult) -> str | None:
    """Somebody else's address is only looked at: whether it can be one."""
    if address.scheme == "mailto":
        return None if "@" in address.path else "mist het e-mailadres"
    if address.scheme == "tel":
        return None if any(map(str.isdigit, address.path)) else "mist het telefoonnummer"
    if address.scheme not in {"http", "https"}:
        return "begint niet met https://"
    host = address.hostname or ""
    is_host = "." in host.strip(".") and all(character.isalnum() or character in ".-_" for character in host)
    return None if is_host and address.port != 0 else "is geen geldig webadres"


def _problem_of_page(path: str, at: datetime) -> str | None:
    found = _match(path)
    if found is None:
        return GONE
    endpoint, values, rule = found
    if endpoint.startswith("staff"):
        return OF_STAFF
    if "token" in rule:
        return OF_ONE
    is_there = PAGES.get(endpoint)
    return None if is_there is None or is_there(values, at) else GONE


def _match(path: str, redirects: int = 0) -> tuple[str, Values, set[str]] | None:
    """The endpoint of a page that opens with GET, its values, and the names of what its rule leaves open."""
    adapter = current_app.url_map.bind("localhost")
    try:
        rule, values = adapter.match(path, method="GET", return_rule=True)
    except RequestRedirect as other:
        return _match(unquote(urlsplit(other.new_url).path), redirects + 1) if redirects < MOST_REDIRECTS else None
    except HTTPException:
        return None
    return rule.endpoint, dict(values), set(rule.arguments)


def _exists(query: "sa.Select[Any]") -> bool:
    return db.session.scalar(query.order_by(None).limit(1)) is not None


def _article(values: Values, at: datetime) -> bool:
    return _exists(Article.published(at).where(Article.slug == values["slug"]))


def _workgroup(values: Values, _at: datetime) -> bool:
    return _exists(Workgroup.called(values["slug"]))


def _archive_year(values: Values, at: datetime) -> bool:
    archived = Article.archived(at, current_app.config["NEWS_ARCHIVE_AFTER_MONTHS"])
    return _exists(Article.of_year(archived, values["year"]))


def _file(values: Values, _at: datetime) -> bool:
    media = db.session.scalars(MediaFile.with_key(values["key"])).one_or_none()
    is_known = media is not None and media.content_type_of(values["name"]) is not None
    return is_known and storage.exists(f"{values['key']}/{values['name']}")


def _newsletter(values: Values, _at: datetime) -> bool:
    return _exists(Newsletter.started().where(Newsletter.number == values["number"]))


def _static(values: Values, _at: datetime) -> bool:
    path = safe_join(current_app.static_folder or "", values["filename"])
    return path is not None and Path(path).is_file()


# What decides whether a page with something left open in its address is there; the others always are.
PAGES: dict[str, Callable[[Values, datetime], bool]] = {
    "news.article": _article,
    "news.archive_year": _archive_year,
    "workgroups.show": _workgroup,
    "workgroups.join": _workgroup,
    "workgroups.check_inbox": _workgroup,
    "media.file": _file,
    "newsletters.show": _newsletter,
    "static": _static,
}
