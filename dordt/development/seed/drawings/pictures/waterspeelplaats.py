"""Pump and stepping stones."""

from dordt.development.seed.drawings.buildings import bench
from dordt.development.seed.drawings.nature import LAWN, MEADOW, cloud, duck, poplar, reeds, tree, tufts
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    INK,
    MIST,
    PALE,
    PAPER,
    RIVER,
    RUST,
    SAND,
    WATER,
    circle,
    ellipse,
    group,
    path,
    picture,
    rect,
    stroke,
)


def draw() -> str:
    basin = path("M-20 700C120 520 330 560 470 590S760 640 880 570S1120 520 1230 560V820H-20Z", SAND) + path(
        "M-20 740C140 580 330 600 470 626S760 676 900 610S1120 568 1230 600V820H-20Z", WATER
    )
    ripples = "".join(
        ellipse(x, y, w, w * 0.22, "none", stroke=PALE, stroke_width=4)
        for x, y, w in (
            (360, 700, 70),
            (360, 700, 36),
            (690, 730, 60),
            (940, 690, 54),
            (940, 690, 26),
            (250, 612, 34),
            (480, 764, 56),
        )
    )
    pump = group(
        rect(-14, -150, 28, 150, BRICK, 6),
        rect(-30, -10, 60, 14, RUST, 4),
        stroke("M0 -140Q60 -190 96 -150", RUST, 11),
        stroke("M-8 -112h-42v16", BRICK, 14),
        stroke("M-50 -88v106", PALE, 7),
        rect(-20, -162, 40, 18, RUST, 6),
        x=300,
        y=590,
    )
    stones = "".join(
        ellipse(x, y, 46, 18, colour)
        for x, y, colour in ((520, 690, INK), (620, 706, RIVER), (730, 690, INK), (830, 668, RIVER))
    )
    kids = (
        person(440, 606, 0.72, RIVER, BRICK, 1, INK, "curls", left=(-58, -128), right=(30, 10))
        + person(622, 704, 0.7, BRICK, INK, 0, RUST, "long", left=(-56, -44), right=(56, -44))
        + person(940, 690, 0.66, PAPER, INK, 2, INK, "short", left=(-50, -90), right=(50, -90))
        + person(1080, 590, 1.0, INK, RUST, 3, INK, "scarf", skirt=True)
    )
    drops = "".join(
        circle(x, y, r, PALE)
        for x, y, r in ((890, 600, 6), (1000, 590, 5), (984, 560, 4), (906, 566, 4), (880, 640, 5), (1004, 634, 6))
    )
    back = rect(0, 420, 1200, 380, MEADOW) + path("M0 430Q300 380 620 430T1200 410V500H0Z", LAWN)
    return picture(
        circle(930, 140, 90, BLUSH),
        cloud(140, 150, 210, PAPER),
        cloud(560, 110, 160, PAPER),
        poplar(90, 440, 220),
        poplar(150, 440, 180, WATER, MIST),
        tree(480, 450, 78),
        tree(760, 440, 60),
        poplar(1110, 430, 230),
        poplar(1160, 430, 190, WATER, MIST),
        back,
        bench(980, 540, 130),
        basin,
        ripples,
        stones,
        pump,
        kids,
        drops,
        group(duck(0, 0), x=180, y=760),
        reeds(40, 690, 8, 100),
        tufts("120,520 520,500 600,540 860,500 700,480 200,470", PAPER),
        sky=PALE,
    )
