"""The garden house with its door open."""

from dordt.development.seed.drawings.buildings import window
from dordt.development.seed.drawings.nature import cloud, poplar, tree, tufts
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
    polygon,
    rect,
    stroke,
)


def draw() -> str:
    house = (
        rect(330, 330, 470, 260, BRICK)
        + "".join(line(330, y, 800, y, RUST, 2) for y in range(356, 590, 26))
        + polygon([(290, 336), (420, 190), (710, 190), (840, 336)], INK)
        + "".join(line(330 + i * 42, 330, 438 + i * 22, 194, RIVER, 2) for i in range(12))
    )
    doors = (
        rect(474, 396, 182, 194, PAPER)
        + rect(482, 404, 80, 186, "#f3dcb0")
        + rect(568, 404, 80, 186, "#f3dcb0")
        + line(482, 480, 648, 480, PAPER, 5)
        + rect(562, 404, 6, 186, PAPER)
    )
    lights = stroke("M300 340Q430 400 560 352T840 336Q960 400 1090 330", SAND, 3) + "".join(
        circle(x, y, 8, BLUSH)
        for x, y in (
            (350, 366),
            (420, 378),
            (490, 370),
            (560, 353),
            (640, 340),
            (720, 334),
            (800, 334),
            (870, 352),
            (940, 368),
            (1010, 364),
            (1070, 341),
        )
    )
    table = (
        rect(840, 610, 220, 14, RUST, 4)
        + line(870, 622, 860, 700, RUST, 9)
        + line(1030, 622, 1040, 700, RUST, 9)
        + group(path("M-13 -22h26l-4 22h-18Z", PAPER), x=900, y=610)
        + group(path("M-13 -22h26l-4 22h-18Z", PAPER), x=1000, y=610)
        + group(
            path("M-26 0Q-32 -34 0 -38Q32 -34 26 0Z", RIVER),
            circle(0, -42, 5, RIVER),
            stroke("M26 -24q18 -2 22 -16", RIVER, 7),
            stroke("M-26 -28q-20 4 -8 22", RIVER, 5),
            x=950,
            y=610,
        )
    )
    people = (
        person(420, 690, 0.98, RIVER, INK, 0, MIST, "bun", right=(40, -30))
        + person(880, 704, 0.95, CLAY, INK, 2, INK, "curls", right=(30, -10))
        + person(1086, 706, 0.95, PAPER, INK, 1, INK, "scarf", left=(-44, -14), skirt=True)
        + person(560, 596, 0.78, INK, RUST, 3, INK)
    )
    beds = "".join(
        rect(x, 726, 150, 40, RUST, 5)
        + "".join(
            stroke(f"M{x + 20 + j * 28} 728v-36", INK, 4) + circle(x + 20 + j * 28, 684 - (j % 2) * 10, 12, colour)
            for j, colour in enumerate((BRICK, CLAY, BLUSH, BRICK, CLAY))
        )
        for x in (40, 210, 640)
    )
    ground = rect(0, 588, 1200, 212, WATER) + path("M420 800Q470 690 500 588H640Q700 690 900 800Z", SAND)
    return picture(
        circle(960, 170, 92, SAND),
        cloud(70, 160, 190, PAPER),
        tree(180, 596, 104),
        tree(1120, 596, 96),
        tree(258, 596, 56, WATER, MIST),
        poplar(40, 590, 240, WATER, MIST),
        house,
        window(366, 410, 84, 84, "#f3dcb0"),
        window(682, 410, 84, 84, "#f3dcb0"),
        rect(364, 500, 88, 16, RUST, 3),
        rect(680, 500, 88, 16, RUST, 3),
        "".join(
            circle(372 + i * 14, 496, 9, (BLUSH, PAPER)[i % 2]) + circle(688 + i * 14, 496, 9, (PAPER, BLUSH)[i % 2])
            for i in range(6)
        ),
        doors,
        rect(620, 150, 34, 60, RUST),
        lights,
        ground,
        tufts("120,640 320,640 780,650 1160,750 800,780 60,600 720,620", PALE),
        people,
        table,
        beds,
        sky=PALE,
    )
