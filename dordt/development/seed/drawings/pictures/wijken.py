"""Not a true map: how the eleven wijken lie on the island."""

from dordt.development.seed.drawings.nature import tree, water
from dordt.development.seed.drawings.svg import (
    BLUSH,
    BRICK,
    CLAY,
    INK,
    MIST,
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
)


def draw() -> str:
    fills = {
        "noordflank": CLAY,
        "binnenstad": BRICK,
        "staart": BRICK,
        "reeland": RUST,
        "oud": WATER,
        "nieuw": MIST,
        "crabbehof": RIVER,
        "wielwijk": "#3f6f9b",
        "dubbeldam": BLUSH,
        "sterrenburg": "#eab79f",
        "stadspolders": SAND,
    }
    parts = {
        "binnenstad": [(330, 190), (440, 140), (530, 160), (545, 250), (470, 300), (350, 290)],
        "noordflank": [(530, 160), (650, 120), (760, 140), (770, 235), (650, 262), (545, 250)],
        "staart": [(760, 140), (900, 80), (1080, 110), (1100, 170), (930, 200), (850, 245), (770, 235)],
        "oud": [(350, 290), (470, 300), (490, 420), (400, 440), (318, 400)],
        "nieuw": [(318, 400), (400, 440), (490, 420), (500, 520), (390, 548), (270, 500)],
        "crabbehof": [(270, 500), (390, 548), (410, 670), (250, 660), (190, 560)],
        "wielwijk": [(390, 548), (500, 520), (580, 560), (590, 690), (410, 670)],
        "reeland": [(470, 300), (545, 250), (650, 262), (690, 350), (620, 430), (490, 420)],
        "dubbeldam": [(690, 350), (650, 262), (770, 235), (850, 245), (880, 420), (760, 500), (620, 430)],
        "sterrenburg": [(490, 420), (620, 430), (760, 500), (780, 650), (590, 690), (580, 560), (500, 520)],
        "stadspolders": [
            (850, 245),
            (930, 200),
            (1040, 250),
            (1060, 460),
            (930, 560),
            (780, 650),
            (760, 500),
            (880, 420),
        ],
    }
    land = "".join(
        polygon(points, fills[name], stroke=PAPER, stroke_width=9, stroke_linejoin="round")
        for name, points in parts.items()
    )
    coast = "".join(
        polygon(points, "#f3e3cf", stroke="#f3e3cf", stroke_width=64, stroke_linejoin="round")
        for points in parts.values()
    )
    surf = "".join(
        polygon(points, WATER, stroke=WATER, stroke_width=104, stroke_linejoin="round", opacity=1)
        for points in parts.values()
    )
    pins = "".join(
        _pin(x, y, colour)
        for x, y, colour in (
            (470, 226, PAPER),
            (650, 190, PAPER),
            (930, 140, PAPER),
            (404, 356, PAPER),
            (396, 484, RIVER),
            (300, 604, PAPER),
            (490, 614, PAPER),
            (580, 346, PAPER),
            (770, 370, RIVER),
            (650, 550, RIVER),
            (960, 360, RIVER),
        )
    )
    trees = "".join(
        group(tree(0, 0, size, INK, RIVER), x=x, y=y)
        for size, x, y in ((25, 712, 630), (19, 746, 640), (20, 820, 330), (22, 985, 470), (18, 1014, 480))
    )
    return picture(
        water(-60, 800, seed=31, rows=13, wave="#3f6f9b"),
        surf,
        coast,
        land,
        trees,
        _church(378, 276),
        pins,
        _boat(110, 300),
        _boat(1060, 740),
    )


def _pin(x: float, y: float, colour: str) -> str:
    return path(
        f"M{x} {y + 26}C{x - 8} {y + 8} {x - 20} {y} {x - 20} {y - 14}a20 20 0 0 1 40 0"
        f"C{x + 20} {y} {x + 8} {y + 8} {x} {y + 26}Z",
        colour,
    ) + circle(x, y - 14, 8, INK if colour == PAPER else PAPER)


def _church(x: float, y: float) -> str:
    return group(
        rect(0, -52, 20, 52, INK),
        rect(-2, -56, 24, 6, INK),
        rect(20, -24, 40, 24, INK),
        polygon([(18, -24), (26, -38), (54, -38), (62, -24)], INK),
        x=x,
        y=y,
    )


def _boat(x: float, y: float) -> str:
    return group(
        path("M-40 0H44L30 18H-28Z", PAPER),
        line(0, 0, 0, -60, PAPER, 4),
        path("M6 -58Q40 -30 42 -8H6Z", BLUSH),
        path("M-6 -50Q-28 -26 -30 -8H-6Z", BRICK),
        x=x,
        y=y,
    )
