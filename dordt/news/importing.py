"""An article in a file: YAML front matter, Markdown, and the files beside it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from dordt.news import front_matter
from dordt.news.beside import FilesBeside, targets
from dordt.news.front_matter import ImportProblem
from dordt.news.services import Content
from dordt.news.slugs import is_well_formed
from dordt.shared.local_time import Moment, MomentSkipped, moment_of

FIELDS = {
    *("title", "slug", "date", "neighbourhoods", "topics", "intro"),
    *("image", "image_alt", "image_caption", "attachments"),
}
TITLE_LIMIT, CAPTION_LIMIT = 200, 500
NOON = time(12)


class ArticleFile:
    """One article in a file. Everything is checked before anything is stored."""

    def __init__(self, path: Path, *, places: Mapping[str, Sequence[str]], reserved: set[str]) -> None:
        """`places` holds the known slugs of `neighbourhoods` and `topics`; `reserved` the slugs nobody may use."""
        self.fields, self.body = front_matter.read(path)
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
        text = " ".join(value.split())
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
        for name in targets(self.body):
            self.beside.check("body", name)


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
    return name, title.strip()
