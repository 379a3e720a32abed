"""Boats and gables in the old harbour."""

from dordt.development.seed.drawings.buildings import lamp, town_house
from dordt.development.seed.drawings.harbour import quay, sailboat
from dordt.development.seed.drawings.nature import bird, cloud, water
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    CLAY,
    INK,
    PALE,
    PAPER,
    RIVER,
    RUST,
    SAND,
    WATER,
    circle,
    group,
    line,
    path,
    picture,
    polygon,
    rect,
    stroke,
)


def draw() -> str:
    row = (
        (0, 120, 250, "bell", CLAY, INK),
        (120, 104, 290, "step", BRICK, INK),
        (224, 96, 236, "neck", RIVER, BRICK),
        (320, 116, 300, "step", BLUSH, RIVER),
        (436, 104, 256, "bell", RUST, INK),
        (540, 118, 290, "neck", CLAY, RIVER),
        (658, 100, 240, "point", RIVER, BRICK),
        (758, 122, 300, "bell", BRICK, INK),
        (880, 100, 250, "step", BLUSH, RIVER),
        (980, 112, 290, "neck", RUST, INK),
        (1092, 116, 250, "step", CLAY, INK),
    )
    houses = "".join(town_house(x, 500, w, h, g, wall, leaf) for x, w, h, g, wall, leaf in row)
    walkers = (
        person(330, 506, 0.36, BRICK, skin=1)
        + person(352, 506, 0.34, WATER, style="long", hair=RUST, skirt=True)
        + person(842, 506, 0.36, INK, skin=2, flip=True)
    )
    bollards = "".join(rect(x, 482, 16, 24, INK, 5) for x in (96, 470, 700, 1020))
    return picture(
        circle(250, 130, 80, PAPER),
        cloud(420, 110, 200, PAPER),
        cloud(900, 90, 160, PAPER),
        houses,
        "".join(lamp(x, 506, 110) for x in (210, 600, 970)),
        walkers,
        bollards,
        quay(500),
        water(556, seed=7),
        _barge(330, 668, 0.95),
        sailboat(760, 640, 0.82),
        sailboat(1030, 742, 1.05, hull=RUST, sail=BLUSH, stripe=PAPER),
        stroke("M118 628Q90 560 104 506", SAND, 3),
        bird(640, 70, 22),
        bird(700, 96, 16),
        sky=PALE,
    )


def _barge(x: float, y: float, size: float = 1) -> str:
    """A flat ship with a cabin, as it lies in the Wolwevershaven."""
    ports = "".join(circle(-120 + i * 46, -10, 8, PALE) for i in range(5))
    return group(
        rect(70, -92, 110, 54, PAPER, 4),
        rect(60, -100, 130, 10, BRICK, 4),
        rect(84, -78, 30, 24, RIVER),
        rect(132, -78, 30, 24, RIVER),
        line(-150, -40, -150, -190, SAND, 7),
        line(-150, -182, -20, -60, SAND, 4),
        path("M-232 -52Q0 -26 236 -58L214 20Q0 34 -206 18Z", INK),
        stroke("M-226 -40Q0 -14 230 -46", BRICK, 7),
        ports,
        polygon([(-150, -190), (-108, -180), (-150, -168)], BRICK),
        x=x,
        y=y,
        scale=size,
    )
