"""Trees, water, reeds, birds and clouds."""

from random import Random

from dordt.development.seed.drawings.svg import (
    BRICK,
    INK,
    MIST,
    PALE,
    PAPER,
    RIVER,
    WATER,
    circle,
    clipped,
    ellipse,
    group,
    line,
    path,
    rect,
    stroke,
)

MEADOW, LAWN = "#8fb0c4", "#a9c4d3"


def tree(x: float, y: float, r: float = 80, leaf: str = RIVER, light: str = WATER, trunk: str = INK) -> str:
    """A round tree whose trunk stands at (x, y)."""
    top = -1.9 * r
    crown = circle(0, top, r, leaf)
    name = f"tree{x}-{y}-{r}".replace(".", "_")
    shine = clipped(name, crown, circle(-0.32 * r, top - 0.3 * r, 0.86 * r, light))
    ticks = "".join(_leaf(dx * r, top + dy * r, r * 0.13, leaf) for dx, dy in _LEAVES)
    stem = path(f"M{-r * 0.08} 0L{-r * 0.05} {top}H{r * 0.05}L{r * 0.08} 0Z", trunk)
    branch = stroke(
        f"M0 {top + r * 1.2}L{r * 0.34} {top + r * 0.62}M0 {top + r * 0.9}L{-r * 0.3} {top + r * 0.4}", trunk, r * 0.07
    )
    return group(crown, shine, ticks, stem, branch, x=x, y=y)


_LEAVES = ((-0.62, -0.3), (-0.3, -0.66), (-0.2, -0.2), (0.12, -0.5), (-0.56, 0.1), (-0.02, -0.84))


def _leaf(x: float, y: float, size: float, colour: str) -> str:
    return stroke(f"M{x - size} {y}q{size} {-size} {2 * size} 0", colour, size * 0.5)


def poplar(x: float, y: float, h: float = 240, leaf: str = RIVER, light: str = WATER, trunk: str = INK) -> str:
    w = h * 0.17
    middle = -h * 0.58
    crown = ellipse(0, middle, w, h * 0.43, leaf)
    shine = clipped(
        f"poplar{x}-{y}-{h}".replace(".", "_"), crown, ellipse(-w * 0.5, middle - h * 0.05, w, h * 0.43, light)
    )
    return group(crown, shine, line(0, 0, 0, middle, trunk, h * 0.03), x=x, y=y)


def bush(x: float, y: float, r: float = 40, leaf: str = RIVER) -> str:
    shape = path(
        f"M{-1.5 * r} 0a{0.7 * r} {0.7 * r} 0 0 1 {0.6 * r} {-1.05 * r}a{0.9 * r} {0.9 * r} 0 0 1 {1.7 * r} {-0.05 * r}"
        f"a{0.66 * r} {0.66 * r} 0 0 1 {0.75 * r} {1.1 * r}Z",
        leaf,
    )
    return group(shape, x=x, y=y)


def water(
    top: float,
    bottom: float = 800,
    left: float = 0,
    right: float = 1200,
    colour: str = RIVER,
    wave: str = WATER,
    seed: int = 1,
    rows: int = 9,
) -> str:
    """A sheet of water with short strokes that grow towards the viewer."""
    dice = Random(seed)  # noqa: S311 - a drawing, not a secret
    strokes = []
    for row in range(rows):
        y = top + (bottom - top) * ((row + 0.7) / rows) ** 1.25
        size = 16 + 46 * row / rows
        x = left + dice.uniform(10, 140)
        while x < right - size * 2:
            strokes.append(
                stroke(
                    f"M{x:.0f} {y:.0f}q{size / 2:.0f} {-size / 7:.0f} {size:.0f} 0t{size:.0f} 0", wave, 2.5 + row * 0.45
                )
            )
            x += size * dice.uniform(3.2, 7)
    return rect(left, top, right - left, bottom - top, colour) + "".join(strokes)


def reeds(
    x: float, y: float, count: int = 7, h: float = 90, colour: str = INK, head: str = "#8a3321", seed: int = 3
) -> str:
    dice = Random(seed)  # noqa: S311 - a drawing, not a secret
    stems = []
    for number in range(count):
        foot, lean, tall = number * h * 0.13, dice.uniform(-0.14, 0.18) * h, h * dice.uniform(0.7, 1.1)
        stems.append(stroke(f"M{foot:.0f} 0Q{foot:.0f} {-tall / 2:.0f} {foot + lean:.0f} {-tall:.0f}", colour, 4))
        if number % 2:
            stems.append(line(foot + lean, -tall, foot + lean * 0.9, -tall * 0.78, head, 10))
    return group(*stems, x=x, y=y)


def bird(x: float, y: float, size: float = 26, colour: str = INK) -> str:
    left = f"M{x - size} {y - size * 0.3}q{size * 0.6} {-size * 0.4} {size} {size * 0.35}"
    right = f"q{size * 0.4} {-size * 0.75} {size} {-size * 0.35}"
    return stroke(left + right, colour, size * 0.16)


def cloud(x: float, y: float, w: float = 220, colour: str = PALE) -> str:
    h = w * 0.16
    return group(
        rect(0, -h, w, h, colour, h / 2),
        rect(w * 0.2, -h * 1.9, w * 0.5, h * 1.6, colour, h * 0.8),
        rect(-w * 0.18, -h * 0.2, w * 0.7, h * 0.8, colour, h * 0.4),
        x=x,
        y=y,
    )


def grass(x: float, y: float, size: float = 16, colour: str = MIST) -> str:
    return stroke(
        f"M{x} {y}l{-size * 0.5} {-size * 0.8}M{x} {y}v{-size}M{x} {y}l{size * 0.5} {-size * 0.8}", colour, size * 0.18
    )


def tufts(points: str, colour: str = PALE) -> str:
    """Tufts of grass at the points "x,y x,y …"."""
    pairs = [pair.split(",") for pair in points.split()]
    return "".join(grass(float(x), float(y), 15, colour) for x, y in pairs)


def duck(x: float, y: float) -> str:
    return path(
        f"M{x - 34} {y}q-8 -14 -14 -16q34 4 54 0q6 -24 22 -20q14 4 10 18l12 4l-12 4q-6 22 -30 22q-30 0 -42 -12Z", PAPER
    ) + path(f"M{x + 38} {y - 18}l14 4l-14 4Z", BRICK)
