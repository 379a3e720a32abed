"""The growth of the list as a page shows it: two charts, and the table that holds their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dordt.newsletters.reporting.services import Interval, Unit, growth
from dordt.shared.formats import dutch_number
from dordt.shared.tables import Cell
from dordt.staff.newsletters.labels import name_of, short_name_of

HEADERS = ("Periode", "Erbij", "Eraf", "Verschil", "Abonnees aan het eind")
# Where the parts of a chart stand: in hundredths of its width, so that it fits any screen, and in pixels down.
HEIGHT = 180  # pixels from the top line to the bottom line
GAP = 0.2  # of a column's width stays empty beside it
APART = 16  # pixels between two numbers that can be read
MOST_LABELS = 12  # below a chart on a wide screen
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class AxisLabel:
    """What stands below the chart; `is_few`: also where there is little room. `anchor`: what of them stands at x."""

    x: float
    text: str
    is_few: bool
    anchor: str = "middle"


@dataclass(frozen=True)
class GridLine:
    """A thin line across, and the number it stands for."""

    y: float
    value: int


@dataclass(frozen=True)
class Point:
    """One value of a line chart; `text` says it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Column:
    """One column, up or down from the line of nothing; `text` says what it stands for."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True)
class LineChart:
    """How one number went."""

    points: Sequence[Point]
    lines: Sequence[GridLine]
    labels: Sequence[AxisLabel]

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        """From each point to the next."""
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True)
class ColumnChart:
    """What came on above, and what went off below."""

    up: Sequence[Column]
    down: Sequence[Column]
    lines: Sequence[GridLine]
    labels: Sequence[AxisLabel]


def line_chart(values: Sequence[int], names: Sequence[str], words: Sequence[str]) -> LineChart:
    """`names`: of the steps, short, below the chart. `words`: what each point says to who points at it."""
    top = ceiling(max(values, default=0))
    points = [
        Point(_middle(number, len(values)), _down(value, top), said)
        for number, (value, said) in enumerate(zip(values, words, strict=True))
    ]
    lines = [GridLine(_down(value, top), value) for value in sorted({0, top // 2, top})]
    return LineChart(points, lines, labels(names))


def column_chart(
    up: Sequence[int], down: Sequence[int], names: Sequence[str], words: tuple[Sequence[str], Sequence[str]]
) -> ColumnChart:
    """Two columns for each step; both have one scale."""
    high, low = ceiling(max(up, default=0)), ceiling(max(down, default=0))
    scale = HEIGHT / (high + low)
    zero = high * scale
    width = 100 / max(len(names), 1)
    edge = width * GAP / 2

    def columns(values: Sequence[int], said: Sequence[str], *, is_up: bool) -> list[Column]:
        return [
            Column(
                round(number * width + edge, 3),
                round(zero - value * scale if is_up else zero, 1),
                round(width - 2 * edge, 3),
                round(value * scale, 1),
                text,
            )
            for number, (value, text) in enumerate(zip(values, said, strict=True))
            if value
        ]

    outer = [line for line in (GridLine(0.0, high), GridLine(float(HEIGHT), low)) if abs(line.y - zero) >= APART]
    lines = [GridLine(round(zero, 1), 0), *outer]
    return ColumnChart(columns(up, words[0], is_up=True), columns(down, words[1], is_up=False), lines, labels(names))


def labels(names: Sequence[str]) -> list[AxisLabel]:
    """As many as there is room for, counted back from the last; on a phone the first, middle and last of them."""
    count = len(names)
    stride = -(-count // MOST_LABELS) or 1
    shown = list(range((count - 1) % stride, count, stride))
    few = {shown[0], shown[(len(shown) - 1) // 2], shown[-1]} if shown else set()
    found = [AxisLabel(_middle(number, count), names[number], number in few) for number in shown]
    return [*found[:-1], *(AxisLabel(100.0, label.text, True, "end") for label in found[-1:])]


def ceiling(value: int) -> int:
    """A round number that is not below this one: 1, 2, 5, 10, 20, 50 …; at least 2, so that it has a half."""
    unit = 1
    while unit * 10 < value:
        unit *= 10
    return max(2, next(unit * step for step in ROUND if unit * step >= value))


def _middle(number: int, count: int) -> float:
    return round(100 * (number + 0.5) / count, 3)


def _down(value: int, top: int) -> float:
    return round(HEIGHT * (1 - value / top), 1)


@dataclass(frozen=True)
class Period:
    """How far back, and in which steps; without a count as far back as anything is known."""

    label: str
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
    steps: Sequence[Interval]

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
    return Growth(period.unit, growth(period.unit, period.count, at=at))
