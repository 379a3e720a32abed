"""What must be in order before a newsletter may be approved, planned or sent, and what would make it better."""

import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser

from dordt.newsletters.checks import links, texts
from dordt.newsletters.checks.texts import CheckFinding
from dordt.newsletters.content import rendering
from dordt.newsletters.models import Newsletter
from dordt.newsletters.transitions import next_number
from dordt.shared.formats import dutch_number
from dordt.shared.mail import Draft
from dordt.shared.problems import NotAllowed
from dordt.subscribers import emails

LARGEST, LARGE = 90_000, 70_000  # octets; Gmail cuts a mail off at about 102,000
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TOKEN_LENGTH = 64  # characters of a signed link token, and some


@dataclass(frozen=True)
class PreparedNewsletter:
    """A newsletter rendered and checked as it was at one edit: whoever sends it compares `version` under the lock.

    number: the one that it would be given at that moment; its mail leads to the page with that number.
    """

    version: int
    number: int
    draft: Draft
    findings: Sequence[CheckFinding]

    @property
    def problems(self) -> list[str]:
        """What stands in the way of approving, each as a sentence that says what to do."""
        return [finding.words for finding in self.findings if finding.is_blocking]

    def require_ready(self) -> None:
        """Raises NotAllowed with the first thing that stands in the way."""
        for problem in self.problems:
            raise NotAllowed(problem)


def prepare(newsletter: Newsletter, *, at: datetime) -> PreparedNewsletter:
    """Render and check it. Takes no lock, but reads pages and files that it links to, which may take seconds."""
    version, number = newsletter.edit_version, next_number()
    draft = rendering.draft_of(newsletter, number)
    return PreparedNewsletter(version, number, draft, list(_findings(newsletter, draft, at)))


def findings(newsletter: Newsletter, *, at: datetime) -> Sequence[CheckFinding]:
    """Everything there is to say about it, in the order in which an editor meets it."""
    return prepare(newsletter, at=at).findings


def of_mail(draft: Draft) -> Iterator[CheckFinding]:
    """The mail as it would leave: whether it can be left, is not cut off, and has words in its headings."""
    mail = _MailReader(draft.html)
    yield from _ways_out(draft, mail)
    yield from _size(draft)
    yield from (CheckFinding("Haal het kopje zonder woorden weg.") for words in mail.headings if not words)


def _findings(newsletter: Newsletter, draft: Draft, at: datetime) -> Iterator[CheckFinding]:
    yield from texts.findings(newsletter, at)
    yield from links.findings(newsletter, at)
    yield from texts.merge_fields(newsletter)
    yield from of_mail(draft)


def _ways_out(draft: Draft, mail: "_MailReader") -> Iterator[CheckFinding]:
    """Without the purpose nobody would get a token of their own in the link."""
    link = emails.merged_unsubscribe_link()
    one_click = draft.headers.get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    own_button = f"<{link}>" in draft.headers.get("List-Unsubscribe", "") and one_click
    ways = {
        "de tekst zonder opmaak": link in draft.text,
        "de opgemaakte tekst": any(address == link and words for address, words in mail.links),
        "de knop van het mailprogramma": own_button and draft.token_purpose == emails.UNSUBSCRIBE,
    }
    missing = [place for place, is_there in ways.items() if not is_there]
    if missing:
        words = f"De link om u af te melden ontbreekt in {' en '.join(missing)}. Vraag de beheerder om hulp."
        yield CheckFinding(words)


def _size(draft: Draft) -> Iterator[CheckFinding]:
    html = draft.html.replace(emails.MERGED_TOKEN, "x" * TOKEN_LENGTH).encode()
    octets = len(binascii.b2a_qp(html, istext=True))
    size = dutch_number(round(octets / 1000))
    if octets > LARGEST:
        yield CheckFinding(
            f"Maak de nieuwsbrief korter. Hij is {size} kB groot; boven {LARGEST // 1000} kB knipt Gmail hem af."
        )
    elif octets > LARGE:
        words = f"De nieuwsbrief is {size} kB groot. Voeg niet veel meer toe: {LARGEST // 1000} kB is het meeste."
        yield CheckFinding(words, is_blocking=False)


class _MailReader(HTMLParser):
    """The words of each link and each heading; a comment, such as what Outlook alone reads, holds neither."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self._open: dict[str, list[str]] = {}  # by tag: its address, and its words so far
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" or tag in HEADINGS:
            self._open[tag] = [dict(attrs).get("href") or ""]

    def handle_endtag(self, tag: str) -> None:
        address, *words = self._open.pop(tag, [""])
        if tag == "a":
            self.links.append((address, "".join(words).strip()))
        elif tag in HEADINGS:
            self.headings.append("".join(words).strip())

    def handle_data(self, data: str) -> None:
        for words in self._open.values():
            words.append(data)
