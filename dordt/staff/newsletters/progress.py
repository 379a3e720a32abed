"""How far a newsletter is: the counts of its deliveries, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from dordt.mailer import outbox
from dordt.mailer.models import OPEN_STATES, DeliveryState, Mail
from dordt.newsletters.words import DELIVERY_WORDS


@dataclass(frozen=True)
class Progress:
    """`counts` adds up to `total`, the audience as it was frozen; `left_out` was never part of it."""

    total: int
    counts: Mapping[DeliveryState, int]
    left_out: int

    @property
    def waiting(self) -> int:
        """How many are still to be tried."""
        return sum(self.counts.get(state, 0) for state in OPEN_STATES)

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.total - self.waiting

    @property
    def lines(self) -> list[tuple[str, int]]:
        """A line for each state that occurs, in the order of a delivery's life."""
        return [(words, self.counts[state]) for state, words in DELIVERY_WORDS.items() if self.counts.get(state)]


def progress_of(mail: Mail) -> Progress:
    """Counted now, from the ledger."""
    return Progress(mail.frozen_count, outbox.progress(mail.id), mail.excluded_count)
