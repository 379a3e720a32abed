"""Residents at a table with a plan."""

from dordt.development.seed.drawings.buildings import hanging_lamps, town_house
from dordt.development.seed.drawings.nature import tree
from dordt.development.seed.drawings.people import bust
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
    line,
    path,
    picture,
    polygon,
    rect,
    stroke,
)


def draw() -> str:
    view = (
        rect(330, 70, 540, 280, PAPER)
        + rect(344, 84, 512, 252, PALE)
        + circle(730, 160, 46, BLUSH)
        + group(
            town_house(392, 336, 70, 110, "step", CLAY, floors=2),
            town_house(462, 336, 60, 130, "neck", BRICK, floors=2),
            town_house(522, 336, 70, 96, "bell", WATER, floors=2),
            tree(650, 336, 40),
            tree(780, 336, 54),
        )
        + rect(596, 84, 8, 252, PAPER)
        + rect(316, 346, 568, 16, CLAY, 4)
    )
    plant = rect(76, 440, 92, 90, INK, 8) + "".join(
        stroke(f"M122 440q{dx * 0.4} -70 {dx} {dy}", RIVER, 14)
        for dx, dy in ((-74, -96), (-40, -150), (0, -176), (42, -150), (76, -92))
    )
    board = (
        rect(960, 110, 190, 240, INK, 6)
        + rect(970, 120, 170, 220, PAPER, 3)
        + "".join(
            rect(984 + (i % 3) * 50, 136 + (i // 3) * 62, 40, 44, colour, 2)
            for i, colour in enumerate((BLUSH, MIST, CLAY, MIST, SAND, BLUSH, CLAY, MIST, SAND))
        )
    )
    pendant = hanging_lamps(230, 940)
    behind = (
        bust(214, 530, 1.14, BRICK, 2, INK, "curls")
        + bust(372, 530, 1.14, WATER, 0, "#b8b0a4", "bun")
        + bust(530, 530, 1.16, INK, 1, INK, "short")
        + bust(690, 530, 1.14, CLAY, 3, INK, "scarf")
        + bust(850, 530, 1.14, PAPER, 0, RUST, "long")
        + bust(1010, 530, 1.16, RIVER, 2, INK, "bald")
    )
    top = (
        polygon([(120, 530), (1090, 530), (1190, 700), (20, 700)], SAND)
        + rect(20, 700, 1170, 26, CLAY)
        + rect(90, 726, 30, 74, CLAY)
        + rect(1080, 726, 30, 74, CLAY)
    )
    plan = (
        polygon([(410, 556), (800, 556), (850, 666), (370, 666)], PAPER)
        + path("M400 640Q520 590 600 630T830 590", "none", stroke=WATER, stroke_width=16)
        + "".join(circle(x, y, 12, RIVER) for x, y in ((470, 586), (500, 578), (720, 640), (748, 650), (776, 636)))
        + rect(600, 574, 44, 26, BRICK, 3)
        + rect(660, 580, 34, 22, CLAY, 3)
        + rect(548, 640, 40, 18, BRICK, 3)
    )
    cups = "".join(
        ellipse(x, y + 3, 34, 10, CLAY)
        + path(f"M{x - 18} {y - 30}h36l-5 30h-26Z", PAPER)
        + ellipse(x, y - 30, 18, 5, RUST)
        for x, y in ((250, 600), (940, 606), (1040, 660))
    )
    notes = "".join(
        polygon([(x, y), (x + 50, y), (x + 54, y + 28), (x - 4, y + 28)], colour)
        for x, y, colour in ((290, 640, BRICK), (210, 650, WATER), (880, 648, BRICK), (326, 580, MIST))
    )
    hands = "".join(
        line(x, 526, x2, 560, coat, 22) + circle(x2, 564, 11, tone)
        for x, x2, coat, tone in (
            (256, 296, BRICK, "#8a5640"),
            (490, 470, INK, "#c98c69"),
            (726, 760, CLAY, "#d9a47f"),
            (980, 960, RIVER, "#8a5640"),
            (412, 424, WATER, "#efc4a6"),
        )
    )
    return picture(
        rect(0, 470, 1200, 330, BLUSH), view, plant, board, pendant, behind, top, plan, cups, notes, hands, sky=MIST
    )
