"""Room for water in the polder."""

from dordt.development.seed.drawings.nature import LAWN, MEADOW, bird, cloud, duck, poplar, reeds, tufts, water
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    INK,
    PALE,
    PAPER,
    RIVER,
    RUST,
    SAND,
    WATER,
    circle,
    clipped,
    group,
    line,
    path,
    picture,
    polygon,
    rect,
    stroke,
    tag,
)


def draw() -> str:
    sky = circle(860, 210, 110, BLUSH) + cloud(90, 150, 240) + cloud(520, 110, 180) + cloud(930, 330, 200, PAPER)
    far = rect(0, 400, 1200, 60, WATER) + "".join(
        poplar(x, 410, h, RIVER, WATER)
        for x, h in ((60, 120), (92, 140), (124, 116), (156, 134), (700, 110), (726, 128), (752, 112))
    )
    roofs = "".join(
        rect(x, 352, w, 56, wall)
        + polygon([(x - 8, 354), (x + 14, 312), (x + w - 14, 312), (x + w + 8, 354)], BRICK)
        + rect(x + w / 2 - 9, 366, 18, 18, PALE)
        for x, w, wall in (
            (250, 84, SAND),
            (334, 84, BLUSH),
            (418, 84, SAND),
            (900, 88, BLUSH),
            (988, 88, SAND),
            (1076, 88, BLUSH),
        )
    )
    mill = group(
        polygon([(-40, 0), (-24, -120), (24, -120), (40, 0)], RUST),
        polygon([(-26, -120), (0, -150), (26, -120)], INK),
        rect(-10, -30, 20, 30, INK),
        rect(-48, -44, 96, 7, PAPER),
        *(_sail(turn) for turn in (24, 114, 204, 294)),
        circle(0, -126, 6, INK),
        x=600,
        y=414,
        scale=0.95,
    )
    land = rect(0, 440, 1200, 360, MEADOW) + path("M0 470Q400 430 720 466T1200 450V540H0Z", LAWN)
    pond = path("M-20 640C120 520 360 560 520 540S900 490 1230 560V820H-20Z", SAND) + clipped(
        "pond",
        path("M-20 670C140 550 360 590 520 568S900 520 1230 590V820H-20Z", INK),
        water(520, seed=11, rows=10),
    )
    bridge = (
        stroke("M350 700Q560 604 790 690", RUST, 20)
        + "".join(
            line(x, y, x, y - 66, RUST, 7) for x, y in ((380, 690), (470, 662), (570, 648), (670, 656), (760, 680))
        )
        + stroke("M380 624Q570 546 760 614", RUST, 7)
        + "".join(line(x, y, x, 790, INK, 10) for x, y in ((470, 670), (670, 668)))
    )
    walkers = person(540, 650, 0.62, BRICK, INK, 0, INK) + person(
        600, 648, 0.44, PAPER, INK, 0, RUST, "long", left=(-44, -40)
    )
    return picture(
        sky,
        far,
        roofs,
        mill,
        land,
        pond,
        bridge,
        walkers,
        reeds(60, 700, 9, 120),
        reeds(940, 640, 10, 110, seed=8),
        reeds(1080, 720, 8, 130, seed=5),
        group(duck(0, 0), x=250, y=720),
        group(duck(0, 0), x=880, y=760, flip=True),
        bird(330, 250, 24),
        bird(390, 226, 17),
        tufts("140,500 420,500 820,490 1080,520 620,520 260,540", PAPER),
    )


def _sail(turn: float) -> str:
    lattice = rect(3, -228, 20, 82, PAPER, stroke=INK, stroke_width=2.5)
    return tag("g", rect(-3, -232, 6, 106, INK), lattice, transform=f"rotate({turn} 0 -126)")
