"""Markdown as the text part of a mail: lines that fit, links written out."""

import textwrap
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from dordt.media.markdown import parse_for_mail
from dordt.shared.links import full_address

LINE = 72
RULE = "-" * 20


def to_text(text: str, *, site: str) -> str:
    """`site` is our own address: pages of ours are named in full."""
    writer = _Writer(site)
    for token in parse_for_mail(text):
        writer.take(token)
    return "\n".join(writer.lines).strip()


def wrapped(text: str) -> str:
    """Plain text in lines that fit; an address is never broken."""
    return "\n".join(_wrap(line, "", "") for line in text.splitlines())


class _Writer:
    """Walks over the parts; `margins` stands before every line of what we are in now."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.lines: list[str] = []
        self.margins: list[str] = []
        self.marks: list[int | None] = []  # per open list: the next number, or None for a dash
        self.mark = ""

    def take(self, token: Token) -> None:
        """Write one part, or remember what it opens or closes."""
        if token.type == "inline":
            self._write("".join(_words(token.children or [], self.site)))
        elif token.type in {"fence", "code_block"}:
            self._write(token.content.rstrip("\n"))
        elif token.type == "hr":
            self._write(RULE)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            self.marks.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.marks.pop()
            self._part()
        else:
            self._step(token)

    def _step(self, token: Token) -> None:
        if token.type == "list_item_open":
            self._open_item()
        elif token.type == "blockquote_open":
            self.margins.append("> ")
        elif token.type in {"list_item_close", "blockquote_close"}:
            self.margins.pop()
        elif token.type in {"paragraph_close", "heading_close"} and not token.hidden:
            self._part()

    def _open_item(self) -> None:
        number = self.marks[-1]
        self.mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.marks[-1] = number + 1
        self.margins.append(" " * len(self.mark))

    def _write(self, text: str) -> None:
        margin = "".join(self.margins)
        first = margin[: len(margin) - len(self.mark)] + self.mark if self.mark else margin
        for line in text.split("\n"):
            self.lines += _wrap(line, first, margin).split("\n")
            first = margin
        self.mark = ""

    def _part(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _words(tokens: Sequence[Token], site: str) -> Iterator[str]:
    """The text of a line; the address of a link follows its words, unless they are the same."""
    address, said = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, said = full_address(str(token.attrs.get("href", "")), site), ""
        elif token.type == "link_close":
            yield f" ({address})" if address and address.removeprefix("mailto:") != said else ""
        else:
            words = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
            said += words
            yield words


def _wrap(line: str, first: str, rest: str) -> str:
    return textwrap.fill(
        line, LINE, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
