"""An article in a file: YAML front matter, Markdown, and the files beside it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from dordt.media import services as media
from dordt.media.decoding import MediaRefused
from dordt.media.images import address
from dordt.media.markdown import parse
from dordt.media.models import MediaFile
from dordt.news.models import is_well_formed
from dordt.news.services import Content
from dordt.shared import typed_text
from dordt.shared.formats import kilobytes
from dordt.shared.local_time import Moment, MomentSkipped, moment_of

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?P<fields>.*?)\n---[ \t]*(?:\n(?P<body>.*))?\Z", re.DOTALL)
INLINE_TARGET = re.compile(r"(?P<before>\]\(\s*)(?P<target><[^<>\n]*>|[^\s()<>]+)")
REFERENCE_TARGET = re.compile(r"(?P<before>^ {0,3}\[[^\]\n]+\]:\s*)(?P<target><[^<>\n]*>|\S+)", re.MULTILINE)
DOCUMENT_LINK = re.compile(
    r"(?<!!)\[(?P<label>[^\[\]]+)\]\(\s*(?P<target><[^<>\n]*\.pdf>|[^\s()<>]+\.pdf)", re.IGNORECASE
)
SOMEWHERE_ELSE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\Z", re.IGNORECASE)  # a scheme, the root of a site, this page
FIELDS = {
    *("title", "slug", "date", "neighbourhoods", "topics", "intro"),
    *("image", "image_alt", "image_caption", "attachments"),
}
TITLE_LIMIT, CAPTION_LIMIT = 200, 500
NOON = time(12)


class ImportProblem(Exception):
    """The file cannot be imported; the text names the field and what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")


class ArticleFile:
    """One article in a file. Everything is checked before anything is stored."""

    def __init__(self, path: Path, *, places: Mapping[str, Sequence[str]], reserved: set[str]) -> None:
        """`places` holds the known slugs of `neighbourhoods` and `topics`; `reserved` the slugs nobody may use."""
        self.fields, self.body = read_front_matter(path)
        self.beside = FilesBeside(path.parent)
        self.places = places
        self.reserved = reserved

    @property
    def notes(self) -> list[str]:
        """What somebody should know of a file that can be imported, each with the field."""
        doubled = [f"date: {self._text('date')!r} comes twice that night; the first is taken"]
        return [
            *(f"{name}: unknown field, not used" for name in sorted(set(self.fields) - FIELDS)),
            *(doubled if self._published().is_doubled else []),
        ]

    def content(self, *, at: datetime) -> Content:
        """The article, with its files taken in. Raises ImportProblem."""
        texts, attachments = self._texts(), self._attachments()
        self._check_files(attachments)
        image = self._text("image")
        return Content(
            **texts,
            body=self.beside.with_addresses(self.body, at=at),
            image=self.beside.take_in(image, at=at) if image else None,
            attachments=[(self.beside.take_in(name, at=at), title) for name, title in attachments],
        )

    def _texts(self) -> dict[str, Any]:
        if not self.body.strip():
            raise ImportProblem("body", "write the text of the article below the front matter")
        if self._text("image") and "image_alt" not in self.fields:
            raise ImportProblem("image_alt", "say what the picture shows, or give '' when it is decoration")
        return {
            "title": self._text("title", limit=TITLE_LIMIT, is_required=True),
            "slug": self._slug(),
            "intro": self._text("intro"),
            "neighbourhoods": self._slugs("neighbourhoods"),
            "topics": self._slugs("topics"),
            "image_alt": self._text("image_alt", limit=CAPTION_LIMIT),
            "image_caption": self._text("image_caption", limit=CAPTION_LIMIT),
            "published_at": self._published().at,
        }

    def _published(self) -> Moment:
        return _moment(self._text("date", is_required=True))

    def _text(self, name: str, *, limit: int | None = None, is_required: bool = False) -> str:
        value = self.fields.get(name, "")
        if not isinstance(value, str):
            raise ImportProblem(name, "must be a text")
        text = typed_text.one_line(value)
        if is_required and not text:
            raise ImportProblem(name, "is missing")
        if limit and len(text) > limit:
            raise ImportProblem(name, f"has {len(text)} characters, at most {limit} fit")
        return text

    def _slug(self) -> str:
        slug = self._text("slug", is_required=True)
        if not is_well_formed(slug):
            raise ImportProblem("slug", f"{slug!r} may hold small letters, digits and single hyphens, at most 120")
        if slug in self.reserved:
            raise ImportProblem("slug", f"{slug!r} is an address of the site itself; choose another one")
        return slug

    def _slugs(self, name: str) -> list[str]:
        value = self.fields.get(name) or []
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(slug, str) for slug in given):
            raise ImportProblem(name, "must be a list of slugs")
        unknown = [slug for slug in given if slug not in self.places[name]]
        if unknown:
            raise ImportProblem(name, f"unknown: {', '.join(unknown)}; known are: {', '.join(self.places[name])}")
        return given

    def _attachments(self) -> list[tuple[str, str]]:
        given = self.fields.get("attachments") or []
        if not isinstance(given, list):
            raise ImportProblem("attachments", "must be a list, each with file and title")
        return [_attachment(number, entry) for number, entry in enumerate(given, start=1)]

    def _check_files(self, attachments: Sequence[tuple[str, str]]) -> None:
        if self._text("image"):
            self.beside.check_image("image", self._text("image"))
        for name, _title in attachments:
            self.beside.check_document("attachments", name)
        for name in _targets(self.body):
            self.beside.check("body", name)


class FilesBeside:
    """The folder of an article. `check` first, then take in: so nothing is stored of an article with a fault.

    Names are found however they write an accent: some systems keep the letter and its accent as two signs.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is where names of files begin."""
        self.folder = folder

    def check(self, field: str, name: str) -> None:
        """Raise ImportProblem unless the file is there and is what its name says."""
        self._read(field, name, media.check_document if _is_pdf(name) else media.check_image)

    def check_document(self, field: str, name: str) -> None:
        """Raise ImportProblem unless this is a PDF."""
        self._read(field, name, media.check_document)

    def check_image(self, field: str, name: str) -> None:
        """Raise ImportProblem unless this is a picture."""
        self._read(field, name, media.check_image)

    def take_in(self, name: str, *, at: datetime) -> MediaFile:
        """Store a checked file."""
        content = self._path(name).read_bytes()
        return media.add_document(content, name, at=at) if _is_pdf(name) else media.add_image(content, name, at=at)

    def with_addresses(self, text: str, *, at: datetime) -> str:
        """The text with the addresses of the files on the site instead of their names."""
        files = {name: self.take_in(name, at=at) for name in _targets(text)}
        text = DOCUMENT_LINK.sub(lambda found: _named_document(found, files), text)
        for pattern in (INLINE_TARGET, REFERENCE_TARGET):
            text = pattern.sub(lambda found: _addressed(found, files), text)
        return text.strip() + "\n"

    def _path(self, name: str) -> Path:
        named = self.folder / name
        beside = () if named.exists() or not named.parent.is_dir() else named.parent.iterdir()
        return next((each for each in beside if unicodedata.normalize("NFC", each.name) == named.name), named)

    def _read(self, field: str, name: str, check: Callable[[bytes], None]) -> None:
        if Path(name).is_absolute():
            raise ImportProblem(field, f"{name}: name the file relative to the article")
        try:
            check(self._path(name).read_bytes())
        except OSError as missing:
            raise ImportProblem(field, f"{name}: the file cannot be read") from missing
        except MediaRefused as refused:
            raise ImportProblem(field, f"{name}: {refused}") from refused


def read_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """The fields (every single value as text) and what stands below them. Raises ImportProblem."""
    text = _text_of(path)
    found = FRONT_MATTER.match(text)
    if found is None:
        raise ImportProblem("front matter", "the file must begin with fields between two lines of ---")
    return _fields(found["fields"]), found["body"] or ""


def _text_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as missing:
        raise ImportProblem("file", missing.strerror or "cannot be read") from missing
    except UnicodeDecodeError as wrong:
        raise ImportProblem("file", "is not UTF-8") from wrong
    if "\x00" in text:
        raise ImportProblem("file", "holds a NUL character")
    return typed_text.lines(text) + "\n"


def _fields(text: str) -> dict[str, Any]:
    try:
        # The base loader makes no dates, numbers and booleans, and no objects: a title of 2027 stays a title.
        fields = yaml.load(text, yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as wrong:
        raise ImportProblem("front matter", f"is no YAML: {' '.join(str(wrong).split())}") from wrong
    if not isinstance(fields, dict):
        raise ImportProblem("front matter", "must hold fields, each as name: value")
    return {str(name): value for name, value in fields.items()}


def _moment(text: str) -> Moment:
    """Of a day alone noon in Amsterdam."""
    try:
        is_day = len(text) == len("2027-03-09")
        return moment_of(datetime.combine(date.fromisoformat(text), NOON) if is_day else datetime.fromisoformat(text))
    except MomentSkipped as skipped:
        problem = "does not exist: the clock is set forward that night; choose a time an hour earlier or later"
        raise ImportProblem("date", f"{text!r} {problem}") from skipped
    except ValueError as wrong:
        raise ImportProblem("date", f"{text!r} is no date; write it as 2027-03-09") from wrong


def _attachment(number: int, entry: object) -> tuple[str, str]:
    parts = entry if isinstance(entry, dict) else {}
    name, title = parts.get("file"), parts.get("title")
    if not (isinstance(name, str) and name and isinstance(title, str) and title.strip()):
        raise ImportProblem("attachments", f"number {number} needs file and title")
    if len(title) > TITLE_LIMIT:
        raise ImportProblem("attachments", f"the title of number {number} is longer than {TITLE_LIMIT} characters")
    return name, typed_text.one_line(title)


def _targets(text: str) -> list[str]:
    """The files beside it that a text shows or links to, each once."""
    inline = [child for token in parse(text) for child in token.children or []]
    found = [str(token.attrs.get("src") or token.attrs.get("href") or "") for token in inline]
    return list(dict.fromkeys(unquote(target) for target in found if not SOMEWHERE_ELSE.match(target)))


def _is_pdf(name: str) -> bool:
    """By its name: what it is, is looked at when it is read."""
    return name.lower().endswith(".pdf")


def _file_of(found: re.Match[str], files: dict[str, MediaFile]) -> MediaFile | None:
    return files.get(unquote(found["target"].strip("<>")))


def _addressed(found: re.Match[str], files: dict[str, MediaFile]) -> str:
    file = _file_of(found, files)
    return f"{found['before']}{address(file)}" if file else found[0]


def _named_document(found: re.Match[str], files: dict[str, MediaFile]) -> str:
    """A link to a document says what will be opened and how large it is."""
    file = _file_of(found, files)
    if file is None:
        return found[0]
    label = found["label"].removeprefix("PDF-bestand").strip()
    return f"[PDF-bestand {label} ({kilobytes(file.size)})]({address(file)}"
