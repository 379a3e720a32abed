"""Residents clean the river bank."""

from dordt.development.seed.drawings.nature import MEADOW, bird, cloud, poplar, reeds, tufts, water
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    CLAY,
    INK,
    MIST,
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
    rect,
    stroke,
    tag,
)


def draw() -> str:
    back = rect(0, 330, 1200, 20, WATER) + "".join(
        poplar(x, 344, h, WATER, MIST)
        for x, h in ((70, 150), (110, 180), (150, 140), (1010, 170), (1050, 140), (1090, 186))
    )
    far_bank = "".join(
        rect(x, 344 - h, w, h, colour)
        for x, w, h, colour in (
            (380, 70, 90, MIST),
            (450, 60, 120, CLAY),
            (510, 90, 70, MIST),
            (600, 56, 104, BLUSH),
            (656, 80, 84, MIST),
        )
    )
    bridge = (
        stroke("M700 344V300M960 344V300M660 302H1000", INK, 9)
        + stroke("M700 300Q830 180 960 300", INK, 6)
        + "".join(line(x, 300, x, y, INK, 3) for x, y in ((744, 268), (787, 248), (830, 240), (873, 248), (916, 268)))
    )
    ship = group(
        path("M-150 -26H150L128 16H-130Z", INK),
        rect(70, -66, 56, 40, PAPER),
        rect(64, -72, 68, 8, BRICK),
        *(rect(-120 + i * 46, -50, 42, 24, colour) for i, colour in enumerate((BRICK, CLAY, BLUSH, BRICK))),
        x=300,
        y=420,
    )
    bank = path("M0 560Q300 500 620 540T1200 510V800H0Z", MEADOW) + path("M0 690Q340 620 700 670T1200 640V800H0Z", SAND)
    crew = (
        _picker(250, 720, BRICK, 0, "#5b4634", "bun")
        + _picker(520, 690, RIVER, 2, INK, "curls")
        + person(740, 724, 1.0, PAPER, INK, 1, INK, "scarf", left=(-46, 20), right=(46, 20), skirt=True)
        + _picker(960, 700, CLAY, 3, INK, "short", True)
        + person(1090, 690, 0.66, BRICK, RIVER, 0, RUST, "long", left=(-50, 10))
    )
    litter = "".join(
        _scrap(x, y, colour)
        for x, y, colour in (
            (358, 714, PAPER),
            (420, 744, BRICK),
            (606, 706, RIVER),
            (868, 712, PAPER),
            (150, 752, RIVER),
            (900, 762, BRICK),
        )
    )
    return picture(
        circle(980, 130, 84, BLUSH),
        cloud(110, 140, 210, PAPER),
        cloud(560, 100, 170, PAPER),
        back,
        far_bank,
        bridge,
        water(350, 548, seed=21, rows=8),
        ship,
        bank,
        tufts("160,600 340,580 420,620 640,600 860,580 1040,620", PALE),
        reeds(30, 620, 8, 90),
        reeds(1090, 560, 8, 84, seed=9),
        litter,
        crew,
        _bag(672, 766, 0.95),
        _bag(810, 770, 0.95),
        _bag(60, 760, 1.0),
        bird(420, 170, 22),
        bird(472, 196, 15),
        sky=PALE,
    )


def _picker(x: float, y: float, coat: str, skin: int, hair: str, style: str, flip: bool = False) -> str:
    tool = stroke("M40 -70L78 -6", INK, 5) + stroke("M78 -6l-8 6m8 -6l4 10", BRICK, 4)
    vest = group(rect(-27, -128, 54, 9, PAPER), rect(-27, -104, 54, 9, PAPER), opacity=0.85)
    return group(
        person(0, 0, 1, coat, INK, skin, hair, style, left=(-36, 20), right=(40, 16)), vest, tool, x=x, y=y, flip=flip
    )


def _bag(x: float, y: float, size: float = 1) -> str:
    return group(
        path("M-34 0Q-44 -56 -10 -74H10Q44 -56 34 0Q0 10 -34 0Z", INK),
        path("M-12 -74q-12 -18 -4 -22l16 8l16 -8q8 4 -4 22Z", INK),
        stroke("M-12 -74h24", BRICK, 6),
        stroke("M-16 -54q-8 20 -8 38", RIVER, 4),
        x=x,
        y=y,
        scale=size,
    )


def _scrap(x: float, y: float, colour: str) -> str:
    scrap = (rect(x, y, 22, 12, colour, 3), line(x + 14, y, x + 14, y + 12, INK, 2))
    return tag("g", *scrap, transform=f"rotate({(x * 7) % 60 - 30} {x} {y})")
