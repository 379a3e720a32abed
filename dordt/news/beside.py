"""The files beside an article: found in its text, read, taken in, and put into the text by their address."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from dordt.media import services as media
from dordt.media.decoding import MediaRefused
from dordt.media.images import address
from dordt.media.markdown import parse
from dordt.media.models import MediaFile
from dordt.news.front_matter import ImportProblem
from dordt.shared.formats import kilobytes

INLINE_TARGET = re.compile(r"(?P<before>\]\(\s*)(?P<target><[^<>\n]*>|[^\s()<>]+)")
REFERENCE_TARGET = re.compile(r"(?P<before>^ {0,3}\[[^\]\n]+\]:\s*)(?P<target><[^<>\n]*>|\S+)", re.MULTILINE)
DOCUMENT_LINK = re.compile(
    r"(?<!!)\[(?P<label>[^\[\]]+)\]\(\s*(?P<target><[^<>\n]*\.pdf>|[^\s()<>]+\.pdf)", re.IGNORECASE
)
SOMEWHERE_ELSE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\Z", re.IGNORECASE)  # a scheme, the root of a site, this page


class FilesBeside:
    """The folder of an article. `check` first, then take in: so nothing is stored of an article with a fault."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where names of files begin."""
        self.folder = folder

    def check(self, field: str, name: str) -> None:
        """Raise ImportProblem unless the file is there and is what its name says."""
        self._read(field, name, media.check_document if is_pdf(name) else media.check_image)

    def check_document(self, field: str, name: str) -> None:
        """Raise ImportProblem unless this is a PDF."""
        self._read(field, name, media.check_document)

    def check_image(self, field: str, name: str) -> None:
        """Raise ImportProblem unless this is a picture."""
        self._read(field, name, media.check_image)

    def take_in(self, name: str, *, at: datetime) -> MediaFile:
        """Store a checked file."""
        content = (self.folder / name).read_bytes()
        return media.add_document(content, name, at=at) if is_pdf(name) else media.add_image(content, name, at=at)

    def with_addresses(self, text: str, *, at: datetime) -> str:
        """The text with the addresses of the files on the site instead of their names."""
        files = {name: self.take_in(name, at=at) for name in targets(text)}
        text = DOCUMENT_LINK.sub(lambda found: _named_document(found, files), text)
        for pattern in (INLINE_TARGET, REFERENCE_TARGET):
            text = pattern.sub(lambda found: _addressed(found, files), text)
        return text.strip() + "\n"

    def _read(self, field: str, name: str, check: Callable[[bytes], None]) -> None:
        if Path(name).is_absolute():
            raise ImportProblem(field, f"{name}: name the file relative to the article")
        try:
            check((self.folder / name).read_bytes())
        except OSError as missing:
            raise ImportProblem(field, f"{name}: the file cannot be read") from missing
        except MediaRefused as refused:
            raise ImportProblem(field, f"{name}: {refused}") from refused


def targets(text: str) -> list[str]:
    """The files beside it that a text shows or links to, each once."""
    inline = [child for token in parse(text) for child in token.children or []]
    found = [str(token.attrs.get("src") or token.attrs.get("href") or "") for token in inline]
    return list(dict.fromkeys(unquote(target) for target in found if not SOMEWHERE_ELSE.match(target)))


def is_pdf(name: str) -> bool:
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
