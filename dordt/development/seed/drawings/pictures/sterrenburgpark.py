"""Hill, climbing tree and cable way."""

from dordt.development.seed.drawings.buildings import bench
from dordt.development.seed.drawings.nature import MEADOW, bird, bush, cloud, poplar, tufts
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
    ellipse,
    group,
    path,
    picture,
    rect,
    stroke,
)


def draw() -> str:
    hill = path("M420 640C560 640 640 330 790 330S1010 640 1210 640Z", WATER) + path(
        "M640 640C700 560 740 400 800 332Q900 350 960 470Q1010 600 1100 640Z", MEADOW
    )
    steps = "".join(rect(686 + i * 15, 604 - i * 36, 92 - i * 6, 13, SAND, 4) for i in range(8))
    climbing = (
        stroke(
            "M800 336Q806 250 796 150M800 270Q860 230 884 170M800 246Q750 210 722 176M798 200Q830 160 836 120", RUST, 18
        )
        + "".join(
            circle(x, y, r, colour)
            for x, y, r, colour in (
                (800, 112, 70, INK),
                (716, 158, 50, INK),
                (890, 152, 56, INK),
                (846, 96, 48, RIVER),
                (752, 108, 42, RIVER),
                (708, 150, 38, RIVER),
                (882, 144, 42, RIVER),
                (836, 84, 26, WATER),
                (742, 98, 22, WATER),
                (872, 134, 20, WATER),
                (700, 142, 18, WATER),
            )
        )
        + "".join(
            stroke(f"M{x} {y}q9 -9 18 0", PALE, 4)
            for x, y in ((780, 140), (806, 166), (726, 182), (858, 172), (904, 176), (800, 70))
        )
    )
    children = (
        person(846, 312, 0.46, BRICK, INK, 1, right=(26, -120), left=(-22, -126))
        + person(728, 586, 0.52, CLAY, INK, 0, RUST, "long", right=(40, -20))
        + person(782, 480, 0.5, PAPER, INK, 2, style="curls", right=(40, -30))
    )
    cable = (
        stroke("M60 290L60 650M430 650L430 336M36 650L60 560M454 650L430 560", RUST, 10)
        + stroke("M60 300Q230 376 430 350", INK, 4)
        + stroke("M226 350L238 442", INK, 4)
        + ellipse(238, 446, 26, 7, INK)
    )
    rider = group(
        stroke("M0 -46L26 -6M0 -46L34 -26", INK, 13),
        path("M-14 -44Q-18 -92 4 -98Q22 -92 16 -44Z", BRICK),
        stroke("M4 -88L-8 -122", BRICK, 12),
        circle(6, -116, 15, "#c98c69"),
        path("M-10 -114a16 16 0 0 1 32 0q-16 -12 -32 0Z", INK),
        x=240,
        y=478,
    )
    lawn = (
        rect(0, 630, 1200, 170, RIVER)
        + path("M0 690Q300 640 620 700T1200 690V800H0Z", WATER)
        + path("M330 800Q420 744 560 724Q690 706 690 632H792Q800 730 640 752Q540 768 500 800Z", SAND)
    )
    visitors = (
        person(930, 744, 0.95, BRICK, INK, 2, style="curls")
        + person(996, 748, 0.62, SAND, INK, 2, style="curls", left=(-40, -24))
        + bench(1060, 744, 120)
    )
    return picture(
        circle(240, 150, 84, BLUSH),
        cloud(420, 130, 190),
        cloud(960, 100, 150),
        poplar(36, 640, 250),
        poplar(500, 640, 210, WATER, MIST),
        poplar(1120, 640, 270),
        poplar(1170, 640, 220, WATER, MIST),
        hill,
        steps,
        climbing,
        children,
        lawn,
        cable,
        rider,
        bush(330, 668, 34, INK),
        visitors,
        tufts("60,740 150,710 470,690 840,780 1150,785 620,790 90,784 250,760"),
        bird(560, 90, 22),
        bird(604, 116, 15),
    )
