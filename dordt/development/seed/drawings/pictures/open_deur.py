"""From outside to inside: the doors of the town hall stand open."""

from dordt.development.seed.drawings.buildings import window
from dordt.development.seed.drawings.nature import bird, cloud, tree
from dordt.development.seed.drawings.people import bust, person, sheet
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
    line,
    path,
    picture,
    polygon,
    rect,
    stroke,
)


def draw() -> str:
    front = (
        rect(300, 120, 600, 500, BRICK)
        + "".join(rect(300, 150 + i * 52, 600, 3, RUST) for i in range(9))
        + rect(276, 96, 648, 30, SAND)
        + polygon([(360, 96), (600, 6), (840, 96)], CLAY)
        + circle(600, 62, 24, PAPER)
        + stroke("M600 62v-14M600 62l10 6", INK, 4)
    )
    columns = (
        "".join(
            rect(x, 150, 34, 470, SAND) + rect(x - 8, 140, 50, 16, SAND) + rect(x - 8, 606, 50, 16, SAND)
            for x in (322, 844)
        )
        + "".join(window(x, 190, 66, 110, PALE) for x in (376, 758))
        + "".join(window(x, 360, 66, 110, PALE) for x in (376, 758))
    )
    hall = (
        path("M470 620V330Q470 230 600 230T730 330V620Z", SAND)
        + path("M484 620V334Q484 246 600 246T716 334V620Z", "#f6dfb4")
        + polygon([(540, 520), (660, 520), (716, 620), (484, 620)], BLUSH)
    )
    inside = (
        rect(536, 420, 128, 14, RUST, 3)
        + rect(546, 434, 108, 100, CLAY)
        + bust(600, 420, 0.66, RIVER, 1, INK, "short")
        + line(600, 246, 600, 290, INK, 4)
        + path("M572 312Q576 288 600 288T628 312Z", BRICK)
    )
    leaves = (
        polygon([(484, 620), (484, 330), (404, 316), (404, 650)], RIVER)
        + polygon([(716, 620), (716, 330), (796, 316), (796, 650)], RIVER)
        + rect(418, 360, 48, 100, WATER)
        + rect(734, 360, 48, 100, WATER)
        + rect(418, 492, 48, 100, WATER)
        + rect(734, 492, 48, 100, WATER)
    )
    steps = rect(420, 620, 360, 18, PAPER) + rect(390, 638, 420, 20, SAND) + rect(360, 658, 480, 22, PAPER)
    square = rect(0, 620, 1200, 180, MIST) + polygon([(360, 680), (840, 680), (1120, 800), (80, 800)], PALE)
    crowd = (
        person(180, 752, 1.12, BRICK, INK, 2, INK, "curls", right=(42, -16))
        + person(300, 770, 1.1, PAPER, RIVER, 3, INK, "scarf", skirt=True, right=(36, 0))
        + person(930, 764, 1.12, RIVER, INK, 0, "#b8b0a4", "bun", flip=True, right=(42, -20))
        + person(1046, 748, 1.08, CLAY, INK, 1, INK, "short", flip=True)
        + person(470, 742, 0.92, WATER, INK, 0, RUST, "long")
        + person(720, 736, 0.92, INK, RUST, 2, INK, "bald", flip=True)
        + person(412, 780, 0.68, BRICK, INK, 3, INK, "short", left=(-46, -34))
    )
    papers = sheet(214, 610, 54, 42, PAPER, 3, RIVER, 12) + sheet(846, 626, 54, 42, PAPER, 3, BRICK, -10)
    return picture(
        circle(120, 150, 70, SAND),
        cloud(930, 150, 190, PAPER),
        cloud(80, 260, 150, PAPER),
        tree(150, 640, 104),
        tree(1070, 640, 112),
        tree(250, 640, 60, WATER, MIST),
        tree(960, 640, 56, WATER, MIST),
        front,
        columns,
        square,
        hall,
        inside,
        leaves,
        steps,
        crowd,
        papers,
        bird(1040, 90, 22),
        bird(1090, 118, 15),
        sky=PALE,
    )
