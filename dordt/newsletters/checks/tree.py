"""The HTML of a mail as a tree, made as leniently as a mail programme reads it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement  # noqa: S405  (only built here; nothing is parsed as XML)

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
UNSEEN = {"head", "style", "script", "title", "template"}


def tree_of(html: str) -> Element:
    """The root of the document; comments, and so what only Outlook reads, are left out."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def shown(element: Element) -> Iterator[Element]:
    """This element and all below it that can be on screen, in reading order."""
    if element.tag not in UNSEEN:
        yield element
        for child in element:
            yield from shown(child)


def text_of(element: Element) -> str:
    """All text in it, on one line."""
    return " ".join("".join(element.itertext()).split())


def own_text(element: Element) -> str:
    """The text right in this element, not in one below it."""
    return " ".join(" ".join([element.text or "", *(child.tail or "" for child in element)]).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("html")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.root.attrib.update(given)
            return
        element = SubElement(self.open[-1], tag, given)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        tags = [element.tag for element in self.open]
        if tag in tags[1:]:
            del self.open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data
