"""Where the parts of a drawing stand: in hundredths of its width, so that it fits any screen, and in pixels down."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 180  # pixels from the top line to the bottom line
GAP = 0.2  # of a column's room stays empty beside it
APART = 16  # pixels between two numbers that can be read
MOST_LABELS = 12  # below a chart on a wide screen
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Label:
    """Words below the chart; `is_few`: also where there is little room. `anchor`: what of them stands at x."""

    x: float
    words: str
    is_few: bool
    anchor: str = "middle"


@dataclass(frozen=True)
class Line:
    """A thin line across, and the number it stands for."""

    y: float
    value: int


@dataclass(frozen=True)
class Point:
    """One value of a line chart; `words` say it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Column:
    """One column, up or down from the line of nothing; `words` say what it stands for."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class LineChart:
    """How one number went."""

    points: Sequence[Point]
    lines: Sequence[Line]
    labels: Sequence[Label]

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        """From each point to the next."""
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True)
class ColumnChart:
    """What came on above, and what went off below."""

    up: Sequence[Column]
    down: Sequence[Column]
    lines: Sequence[Line]
    labels: Sequence[Label]


def line_chart(values: Sequence[int], names: Sequence[str], words: Sequence[str]) -> LineChart:
    """`names`: of the steps, short, below the chart. `words`: what each point says to who points at it."""
    top = ceiling(max(values, default=0))
    points = [
        Point(_middle(number, len(values)), _down(value, top), said)
        for number, (value, said) in enumerate(zip(values, words, strict=True))
    ]
    lines = [Line(_down(value, top), value) for value in sorted({0, top // 2, top})]
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

    outer = [line for line in (Line(0.0, high), Line(float(HEIGHT), low)) if abs(line.y - zero) >= APART]
    lines = [Line(round(zero, 1), 0), *outer]
    return ColumnChart(columns(up, words[0], is_up=True), columns(down, words[1], is_up=False), lines, labels(names))


def labels(names: Sequence[str]) -> list[Label]:
    """As many as there is room for, counted back from the last; on a phone the first, middle and last of them."""
    count = len(names)
    stride = -(-count // MOST_LABELS) or 1
    shown = list(range((count - 1) % stride, count, stride))
    few = {shown[0], shown[(len(shown) - 1) // 2], shown[-1]} if shown else set()
    found = [Label(_middle(number, count), names[number], number in few) for number in shown]
    return [*found[:-1], *(Label(100.0, label.words, True, "end") for label in found[-1:])]


def ceiling(value: int) -> int:
    """A round number that is not below this one: 1, 2, 5, 10, 20, 50 …; at least 2, so that it has a half."""
    unit = 1
    while unit * 10 < value:
        unit *= 10
    return max(2, next(unit * step for step in STEPS if unit * step >= value))


def _middle(number: int, count: int) -> float:
    return round(100 * (number + 0.5) / count, 3)


def _down(value: int, top: int) -> float:
    return round(HEIGHT * (1 - value / top), 1)
