"""The Grote Kerk over the water."""

from dordt.development.seed.drawings.buildings import grote_kerk, town_house
from dordt.development.seed.drawings.harbour import quay, sailboat
from dordt.development.seed.drawings.nature import bird, cloud, tree, water
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    CLAY,
    INK,
    RIVER,
    RUST,
    WATER,
    circle,
    clipped,
    picture,
    rect,
    tag,
)


def draw() -> str:
    houses = "".join(
        town_house(x, 520, w, h, gable, wall, leaf, floors)
        for x, w, h, gable, wall, leaf, floors in (
            (18, 96, 150, "step", CLAY, INK, 2),
            (114, 84, 176, "neck", RIVER, BRICK, 2),
            (872, 52, 120, "point", CLAY, INK, 1),
            (924, 92, 150, "bell", RIVER, BRICK, 2),
            (1016, 100, 180, "step", CLAY, INK, 2),
            (1116, 96, 150, "point", BRICK, INK, 2),
        )
    )
    church = grote_kerk(262, 520, 0.7)
    mirror = clipped(
        "canal",
        rect(0, 562, 1200, 238, INK),
        tag("g", houses, church, transform="translate(0 1084) scale(1 -1)", opacity=0.22),
    )
    return picture(
        circle(880, 220, 120, BLUSH),
        cloud(50, 190, 170),
        cloud(640, 110, 170),
        church,
        houses,
        tree(742, 522, 46),
        tree(236, 522, 38),
        tree(820, 522, 58),
        person(470, 526, 0.3, BLUSH, skin=1),
        person(488, 526, 0.28, WATER, style="long", hair=RUST, skirt=True),
        quay(518, high=34),
        rect(0, 562, 1200, 238, RIVER),
        mirror,
        water(566, seed=4, colour="none"),
        sailboat(1010, 706, 0.86),
        sailboat(150, 650, 0.54, sail=BLUSH, stripe=WATER),
        bird(560, 160),
        bird(618, 200, 18),
        bird(510, 216, 16),
    )
