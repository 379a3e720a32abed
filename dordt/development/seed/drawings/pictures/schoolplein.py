"""A school yard with more green than stone."""

from dordt.development.seed.drawings.buildings import window
from dordt.development.seed.drawings.nature import MEADOW, bush, cloud, tree, tufts
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
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
    ellipse,
    group,
    path,
    picture,
    rect,
    stroke,
)


def draw() -> str:
    school = (
        rect(120, 210, 720, 300, CLAY)
        + rect(100, 190, 760, 26, RUST)
        + "".join(window(156 + i * 112, 250, 84, 84, PALE) for i in range(6))
        + "".join(window(156 + i * 112, 376, 84, 84, PALE) for i in range(4))
    )
    entrance = (
        rect(612, 366, 150, 144, INK)
        + rect(624, 380, 58, 130, WATER)
        + rect(692, 380, 58, 130, WATER)
        + rect(592, 350, 190, 18, BRICK)
    )
    name = rect(390, 146, 180, 46, PAPER, 6) + "".join(
        circle(420 + i * 40, 169, 8, colour) for i, colour in enumerate((BRICK, RIVER, CLAY, WATER))
    )
    ground = (
        rect(0, 510, 1200, 290, SAND)
        + path("M0 620Q160 540 330 590T560 800H0Z", MEADOW)
        + path("M1200 560Q980 540 900 640T760 800H1200Z", MEADOW)
    )
    logs = "".join(
        rect(640 + i * 34, 640 - i * 14, 26, 60 + i * 14, RUST, 5) + ellipse(653 + i * 34, 640 - i * 14, 13, 6, CLAY)
        for i in range(5)
    )
    hut = stroke("M950 690L1040 480L1130 690M985 690L1052 486M1096 690L1030 486", RUST, 9) + path(
        "M1000 690Q1040 560 1080 690Z", INK
    )
    garden = "".join(
        rect(40 + i * 130, 700, 110, 46, BRICK, 5)
        + rect(48 + i * 130, 696, 94, 10, INK)
        + "".join(stroke(f"M{62 + i * 130 + j * 24} 698q-4 -20 -12 -26m12 26q4 -20 12 -28", RIVER, 4) for j in range(4))
        for i in range(3)
    )
    kids = (
        person(716, 626, 0.66, RIVER, INK, 2, INK, "curls", left=(-50, -40), right=(50, -40))
        + person(560, 700, 0.68, BRICK, RIVER, 0, RUST, "long", right=(44, -6))
        + person(470, 712, 0.7, PAPER, RIVER, 1, left=(-38, -2))
        + person(860, 716, 0.66, INK, BRICK, 1, INK, "scarf", skirt=True, right=(44, -30))
        + person(226, 690, 0.95, BRICK, INK, 0, "#5b4634", "bun", right=(40, 30))
    )
    can = group(
        rect(0, 0, 34, 28, RIVER, 4),
        stroke("M34 8l24 -10", RIVER, 6),
        stroke("M4 0q14 -20 28 0", RIVER, 4),
        x=266,
        y=620,
    )
    return picture(
        circle(1010, 150, 84, SAND),
        cloud(60, 140, 150, PAPER),
        cloud(700, 120, 170, PAPER),
        name,
        school,
        entrance,
        tree(60, 520, 70),
        tree(930, 520, 92),
        tree(1120, 530, 76, INK, RIVER),
        ground,
        tufts("120,640 300,620 420,770 1000,760 900,690 960,740 60,680", PALE),
        bush(390, 614, 26, RIVER),
        hut,
        logs,
        kids,
        can,
        garden,
        bush(1160, 790, 44, RIVER),
        sky=PALE,
    )
