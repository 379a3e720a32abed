"""Times as people in Amsterdam write them. Once a year the clock skips an hour, and once it shows one twice."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dordt.shared.clock import AMSTERDAM
from dordt.shared.formats import dutch_date, dutch_time

WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")
YEARS = range(2000, 2100)


class MomentRefused(ValueError):
    """The text, in Dutch, says which moments can be used."""


class MomentSkipped(MomentRefused):
    """The clock in Amsterdam never shows this time: it is set forward over it."""


@dataclass(frozen=True)
class Moment:
    """`at` is in UTC; `is_doubled`: the clock in Amsterdam shows this time twice that night, and the first is meant."""

    at: datetime
    is_doubled: bool = False

    @property
    def note(self) -> str:
        """What somebody should know who chose a time that comes twice; else empty."""
        if not self.is_doubled:
            return ""
        time = dutch_time(self.at)
        return f"In die nacht gaat de klok een uur terug: {time} komt twee keer. Wij nemen de eerste keer."


def read_moment(text: str) -> Moment:
    """'2027-03-01T09:00', in Amsterdam unless an offset from UTC is given. Raises MomentRefused."""
    if not WRITTEN.fullmatch(text):
        raise MomentRefused("Vul een datum en een tijd in, bijvoorbeeld 2027-03-01T09:00.")
    try:
        written = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise MomentRefused("Deze datum of tijd bestaat niet. Vul een andere in.") from wrong
    if written.year not in YEARS:
        raise MomentRefused(f"Kies een jaar tussen {YEARS.start} en {YEARS.stop - 1}.")
    return moment_of(written)


def moment_of(written: datetime) -> Moment:
    """What was read already: a time in Amsterdam, unless it carries a zone. Raises MomentRefused."""
    try:
        return Moment(written.astimezone(UTC)) if written.tzinfo else _local(written)
    except OverflowError as wrong:  # at either end of the calendar
        raise MomentRefused("Deze datum of tijd bestaat niet. Vul een andere in.") from wrong


def as_written(moment: datetime) -> str:
    """'2027-03-01T09:00': what `read_moment` reads, and a browser shows in a field for a moment."""
    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%dT%H:%M}"


def _local(written: datetime) -> Moment:
    first, second = (written.replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(AMSTERDAM).replace(tzinfo=None) != written:
        before, after = (f"{moment:%H.%M} uur" for moment in _gap(written))
        raise MomentSkipped(
            f"Op {dutch_date(written.date())} gaat de klok van {before} naar {after}. "
            f"De tijd {written:%H.%M} uur bestaat dan niet. Kies een tijd vóór {before} of vanaf {after}."
        )
    return Moment(first, is_doubled=first != second)


def _gap(written: datetime) -> tuple[datetime, datetime]:
    """What the clock shows when it is set forward, and to what: summer time begins on a whole hour."""
    hour = written.replace(minute=0, second=0, microsecond=0)
    return hour, hour + timedelta(hours=1)
