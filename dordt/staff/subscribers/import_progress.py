"""How far an import is: read from its row, ready to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from dordt.shared.formats import dutch_number
from dordt.subscribers.models import ImportState, SubscriberImport

BAR = 1000  # how wide the whole bar is, in its own units
WORDS = {
    ImportState.UPLOADED: "Nog niet gestart",
    ImportState.QUEUED: "Begint zo",
    ImportState.RUNNING: "Bezig",
    ImportState.DONE: "Klaar",
    ImportState.FAILED: "Mislukt",
    ImportState.WITHDRAWN: "Ingetrokken",
    ImportState.UNDONE: "Ongedaan gemaakt",
}
# The colour of a state, by one that components/status.html knows.
COLOURS = {
    ImportState.UPLOADED: "new",
    ImportState.QUEUED: "waiting",
    ImportState.RUNNING: "in_progress",
    ImportState.DONE: "confirmed",
    ImportState.FAILED: "failed",
}


@dataclass(frozen=True)
class Line:
    """How many rows came to the same; `part` is the colour in the bar, `start` and `width` its place there."""

    words: str
    count: int
    part: str
    start: int = 0
    width: int = 0


def lines_of(found: SubscriberImport) -> list[Line]:
    """What became of the rows so far."""
    lines = [
        Line("Toegevoegd", found.added_count, "good"),
        Line("Stond al op de lijst", found.known_count, "later"),
        Line("Eerder afgemeld, niet teruggezet", found.unsubscribed_count, "quiet"),
        Line("Geweigerd", found.refused_count, "bad"),
    ]
    ends = list(accumulate(line.count * BAR // max(found.row_count, 1) for line in lines))
    return list(_placed(lines, ends))


def summary(found: SubscriberImport) -> str:
    """For who listens instead of looks."""
    if found.state not in {ImportState.QUEUED, ImportState.RUNNING}:
        return f"{WORDS[found.state]}. {_rows(found.done_count)} verwerkt."
    return f"{dutch_number(found.done_count)} van de {_rows(found.row_count)} verwerkt."


def _rows(count: int) -> str:
    return f"{dutch_number(count)} {'regel' if count == 1 else 'regels'}"


def _placed(lines: list[Line], ends: list[int]) -> Iterator[Line]:
    for line, start, end in zip(lines, [0, *ends], ends, strict=False):
        yield Line(line.words, line.count, line.part, start, end - start)
