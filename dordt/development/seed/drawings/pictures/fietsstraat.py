"""A street where bicycles go first."""

from dordt.development.seed.drawings.buildings import row_house
from dordt.development.seed.drawings.nature import bush, cloud, grass, tree
from dordt.development.seed.drawings.people import bicycle, cyclist
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
    group,
    line,
    picture,
    polygon,
    rect,
)


def draw() -> str:
    homes = "".join(
        row_house(-30 + i * 178, 470, 178, wall, BRICK if i % 2 else RUST, leaf)
        for i, (wall, leaf) in enumerate(
            ((BLUSH, RIVER), (PAPER, BRICK), (BLUSH, INK), (PAPER, RIVER), (BLUSH, BRICK), (PAPER, INK), (BLUSH, RIVER))
        )
    )
    path_red = polygon([(0, 560), (1200, 560), (1200, 740), (0, 740)], BRICK)
    marks = "".join(rect(30 + i * 150, 646, 80, 8, BLUSH, 3) for i in range(8))
    verge = rect(0, 500, 1200, 60, WATER) + rect(0, 740, 1200, 60, RIVER)
    sign = (
        line(1090, 560, 1090, 330, INK, 8)
        + circle(1090, 320, 46, RIVER, stroke=PAPER, stroke_width=6)
        + group(bicycle(0, 0, 0.38, PAPER, PAPER), x=1090, y=336)
    )
    return picture(
        circle(980, 150, 86, SAND),
        cloud(120, 150, 210, PAPER),
        cloud(620, 110, 170, PAPER),
        homes,
        rect(0, 470, 1200, 30, SAND),
        verge,
        tree(130, 560, 66, INK, RIVER),
        tree(560, 556, 72, INK, RIVER),
        tree(830, 560, 62, INK, RIVER),
        path_red,
        marks,
        sign,
        cyclist(300, 636, 1.0, RIVER, PAPER, 1),
        cyclist(700, 730, 1.22, SAND, INK, 0, RUST, "long"),
        cyclist(950, 626, 0.86, BLUSH, PAPER, 2, INK, "scarf", flip=True),
        "".join(bush(x, 800, 30, INK) for x in (60, 420, 1130)),
        "".join(grass(x, y, 16, WATER) for x, y in ((180, 780), (300, 790), (560, 782), (880, 790), (1000, 776))),
        sky=PALE,
    )
