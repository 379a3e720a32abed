"""The growth of the list as a page shows it: two charts, and the table that holds their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dordt.newsletters.reporting.growth import Step, Unit, growth
from dordt.shared.formats import dutch_number
from dordt.shared.tables import Cell
from dordt.staff.newsletters.labels import name_of, short_name_of
from dordt.staff.newsletters.reporting.charts import ColumnChart, LineChart, column_chart, line_chart

HEADERS = ("Periode", "Erbij", "Eraf", "Verschil", "Abonnees aan het eind")


@dataclass(frozen=True)
class Period:
    """How far back, and in which steps; without a count as far back as anything is known."""

    words: str
    unit: Unit
    count: int | None


DEFAULT = "jaar"
PERIODS = {  # by their name in the address
    "half-jaar": Period("Het laatste half jaar, per week", Unit.WEEK, 26),
    "jaar": Period("Het laatste jaar, per maand", Unit.MONTH, 12),
    "drie-jaar": Period("De laatste drie jaar, per maand", Unit.MONTH, 36),
    "alles": Period("Alle jaren", Unit.YEAR, None),
}


@dataclass(frozen=True)
class Growth:
    """Its steps, the oldest first; the last one is not over yet."""

    unit: Unit
    steps: Sequence[Step]

    @property
    def names(self) -> list[str]:
        """What the table calls the steps."""
        return [name_of(step, self.unit) for step in self.steps]

    @property
    def joined(self) -> int:
        """How many came in all these steps."""
        return sum(step.joined for step in self.steps)

    @property
    def left(self) -> int:
        """How many went."""
        return sum(step.left for step in self.steps)

    @property
    def size(self) -> int:
        """How many there are now."""
        return self.steps[-1].size

    @property
    def size_chart(self) -> LineChart:
        """How many there were at the end of each step."""
        said = [
            f"{name}: {dutch_number(step.size)} abonnees" for name, step in zip(self.names, self.steps, strict=True)
        ]
        return line_chart([step.size for step in self.steps], self._short_names, said)

    @property
    def change_chart(self) -> ColumnChart:
        """Who came and who went in each step."""
        pairs = list(zip(self.names, self.steps, strict=True))
        came = [f"{name}: {dutch_number(step.joined)} erbij" for name, step in pairs]
        went = [f"{name}: {dutch_number(step.left)} eraf" for name, step in pairs]
        joined, left = [step.joined for step in self.steps], [step.left for step in self.steps]
        return column_chart(joined, left, self._short_names, (came, went))

    @property
    def size_summary(self) -> str:
        """The first chart in words."""
        first, last = self.steps[0], self.steps[-1]
        return (
            f"Aan het eind van {self.names[0]} waren er {dutch_number(first.size)} abonnees, "
            f"nu zijn er {dutch_number(last.size)}."
        )

    @property
    def change_summary(self) -> str:
        """The second chart in words."""
        return f"In deze tijd kwamen er {dutch_number(self.joined)} bij en gingen er {dutch_number(self.left)} af."

    @property
    def rows(self) -> Iterator[Sequence[Cell]]:
        """The table, the newest first."""
        for name, step in reversed(list(zip(self.names, self.steps, strict=True))):
            yield (name, step.joined, step.left, step.joined - step.left, step.size)

    @property
    def _short_names(self) -> list[str]:
        return [short_name_of(step.starts_on, self.unit) for step in self.steps]


def growth_of(period: Period, *, at: datetime) -> Growth:
    """Read now."""
    return Growth(period.unit, growth(period.unit, period.count, at=at))
