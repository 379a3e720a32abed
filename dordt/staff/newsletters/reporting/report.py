"""All that the report of one newsletter shows, read once; and the same as a table of numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import DeliveryState, Mail
from dordt.mailer.suppression.bounces import failure_causes
from dordt.mailer.suppression.classification import FailureCause
from dordt.newsletters.models import Newsletter
from dordt.newsletters.reporting import services
from dordt.newsletters.reporting.services import Leavers, Tally
from dordt.shared.tables import Cell
from dordt.staff.newsletters import labels
from dordt.staff.newsletters.labels import RECIPIENT_LABELS
from dordt.staff.newsletters.sending.progress import Progress
from dordt.subscribers.labels import REASON_LABELS, WAY_LABELS

HEADERS = ("Onderdeel", "Wat", "Aantal", "Deel van het geheel (%)")
State = DeliveryState


@dataclass(frozen=True)
class Report:
    """`left_out`: by the words of the reason. `causes`: why mails failed, and why they bounced."""

    newsletter: Newsletter
    tally: Tally
    left_out: Mapping[str, int]
    causes: Mapping[DeliveryState, Counter[FailureCause]]
    leavers: Leavers
    at: datetime

    @property
    def progress(self) -> Progress:
        """Its bar, and a line for each state that occurs."""
        return Progress(self.tally.frozen, self.tally.counts, sum(self.left_out.values()), self.at)

    @property
    def matching(self) -> int:
        """How many it would have gone to, had nobody been left out."""
        return self.tally.frozen + sum(self.left_out.values())

    @property
    def took(self) -> timedelta | None:
        """From the start until nothing was left to send."""
        started, ended = self.newsletter.started_at, self.newsletter.sent_at
        return ended - started if started and ended else None

    @property
    def rate(self) -> str:
        """How fast they left, waits included."""
        left = (State.ACCEPTED, State.BOUNCED, State.COMPLAINED, State.FAILED, State.UNCERTAIN)
        count = sum(self.tally.counts.get(state, 0) for state in left)
        return labels.rate(count, self.took) if self.took else ""

    @property
    def summary(self) -> str:
        """The bar in words."""
        total = self.tally.frozen
        parts = [f"{line.label}: {line.count} van de {total}" for line in self.progress.lines]
        return ". ".join(parts) + "." if parts else "Er is niets verstuurd."

    @property
    def reasons(self) -> dict[str, int]:
        """Why leavers left, in their own words; who said nothing at the end."""
        found = {words: self.leavers.reasons.get(reason, 0) for reason, words in REASON_LABELS.items()}
        found[labels.NO_REASON] = self.leavers.reasons.get(None, 0)
        return {words: count for words, count in found.items() if count}

    @property
    def ways(self) -> dict[str, int]:
        """How they left."""
        found = {words: self.leavers.ways.get(way, 0) for way, words in WAY_LABELS.items()}
        return {words: count for words, count in found.items() if count}


def report_of(newsletter: Newsletter, mail: Mail, *, at: datetime) -> Report:
    left_out = services.left_out(newsletter, mail)
    return Report(
        newsletter,
        services.tally_of(newsletter, mail),
        {RECIPIENT_LABELS.get(reason, "Om een andere reden"): count for reason, count in left_out.items()},  # type: ignore[call-overload]
        failure_causes(mail.id),
        services.leavers_after(mail.id),
        at,
    )


def figures(found: Report) -> Iterator[Sequence[Cell]]:
    """The rows of the table that can be downloaded."""
    yield from _part("Vooraf overgeslagen", found.left_out, found.matching)
    yield ("Aan het begin", "Abonnees voor wie hij is klaargezet", found.tally.frozen, None)
    counts = {words: found.tally.counts.get(state, 0) for state, words in DELIVERY_LABELS.items()}
    yield from _part("Wat werd ervan", counts, found.tally.frozen)
    yield ("Wat werd ervan", "Samen", found.tally.total, None)
    for state, why in found.causes.items():
        reasons = {labels.CAUSE_LABELS[cause]: count for cause, count in why.items()}
        yield from _part(f"Waarom: {DELIVERY_LABELS[state].lower()}", reasons, why.total())
    yield ("Afmeldingen", "Samen", found.leavers.total, None)
    yield from _part("Afmeldingen: reden", found.reasons, found.leavers.total)
    yield from _part("Afmeldingen: manier", found.ways, found.leavers.total)


def _part(name: str, counts: Mapping[str, int], total: int) -> Iterator[Sequence[Cell]]:
    for words, count in counts.items():
        yield (name, words, count, round(100 * count / total, 1) if total else None)
