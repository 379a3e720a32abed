"""The old town, the harbour and the streets of the wijken."""

from buildings import bench, grote_kerk, lamp, row_house, town_house
from nature import bird, bush, cloud, grass, tree, water
from people import bicycle, cyclist, person
from svg import (
    BLUSH,
    BRICK,
    CLAY,
    INK,
    PALE,
    PAPER,
    RIVER,
    RUST,
    SAND, WATER, circle, clipped, group, line, path, picture, polygon, rect, stroke, tag,
)


def _quay(y: float, colour: str = SAND, edge: str = CLAY, wall: str = RUST, high: float = 44) -> str:
    stones = "".join(rect(20 + i * 74 - (i % 2) * 8, y + 22 + (i % 2) * 12, 34, 5, edge, 2) for i in range(17))
    return rect(0, y, 1200, 14, colour) + rect(0, y + 14, 1200, high, wall) + stones


def _sailboat(x: float, y: float, size: float = 1, hull: str = INK, sail: str = PAPER, stripe: str = BRICK) -> str:
    return group(
        line(0, -30, 0, -270, INK, 6),
        path("M8 -262Q96 -170 112 -58L8 -52Z", sail),
        path("M-8 -236Q-56 -140 -66 -54L-8 -52Z", stripe),
        path("M-120 -34Q0 -18 132 -42L104 14Q0 26 -86 14Z", hull),
        stroke("M-112 -22Q0 -8 124 -30", stripe, 5),
        x=x,
        y=y,
        scale=size,
    )


def _barge(x: float, y: float, size: float = 1) -> str:
    """A flat ship with a cabin, as it lies in the Wolwevershaven."""
    ports = "".join(circle(-120 + i * 46, -10, 8, PALE) for i in range(5))
    return group(
        rect(70, -92, 110, 54, PAPER, 4),
        rect(60, -100, 130, 10, BRICK, 4),
        rect(84, -78, 30, 24, RIVER),
        rect(132, -78, 30, 24, RIVER),
        line(-150, -40, -150, -190, SAND, 7), line(-150, -182, -20, -60, SAND, 4),
        path("M-232 -52Q0 -26 236 -58L214 20Q0 34 -206 18Z", INK),
        stroke("M-226 -40Q0 -14 230 -46", BRICK, 7),
        ports,
        polygon([(-150, -190), (-108, -180), (-150, -168)], BRICK),
        x=x,
        y=y,
        scale=size,
    )


def grote_kerk_at_the_water() -> str:
    houses = "".join(
        town_house(x, 520, w, h, gable, wall, leaf, floors)
        for x, w, h, gable, wall, leaf, floors in (
            (18, 96, 150, "step", CLAY, INK, 2),
            (114, 84, 176, "neck", RIVER, BRICK, 2),
            (872, 52, 120, "point", CLAY, INK, 1), (924, 92, 150, "bell", RIVER, BRICK, 2),
            (1016, 100, 180, "step", CLAY, INK, 2),
            (1116, 96, 150, "point", BRICK, INK, 2),
        )
    )
    church = grote_kerk(262, 520, 0.7)
    mirror = clipped("canal", rect(0, 562, 1200, 238, INK), tag("g", houses, church, transform="translate(0 1084) scale(1 -1)", opacity=0.22))
    return picture(circle(880, 220, 120, BLUSH), cloud(50, 190, 170), cloud(640, 110, 170), church, houses, tree(742, 522, 46), tree(236, 522, 38), tree(820, 522, 58),
                   person(470, 526, 0.3, BLUSH, skin=1), person(488, 526, 0.28, WATER, style="long", hair=RUST, skirt=True), _quay(518, high=34), rect(0, 562, 1200, 238, RIVER),
                   mirror, water(566, seed=4, colour="none"), _sailboat(1010, 706, 0.86), _sailboat(150, 650, 0.54, sail=BLUSH, stripe=WATER),
                   bird(560, 160), bird(618, 200, 18), bird(510, 216, 16))


def harbour() -> str:
    row = (
        (0, 120, 250, "bell", CLAY, INK),
        (120, 104, 290, "step", BRICK, INK),
        (224, 96, 236, "neck", RIVER, BRICK),
        (320, 116, 300, "step", BLUSH, RIVER),
        (436, 104, 256, "bell", RUST, INK),
        (540, 118, 290, "neck", CLAY, RIVER),
        (658, 100, 240, "point", RIVER, BRICK),
        (758, 122, 300, "bell", BRICK, INK),
        (880, 100, 250, "step", BLUSH, RIVER),
        (980, 112, 290, "neck", RUST, INK),
        (1092, 116, 250, "step", CLAY, INK),
    )
    houses = "".join(town_house(x, 500, w, h, g, wall, leaf) for x, w, h, g, wall, leaf in row)
    walkers = (
        person(330, 506, 0.36, BRICK, skin=1)
        + person(352, 506, 0.34, WATER, style="long", hair=RUST, skirt=True)
        + person(842, 506, 0.36, INK, skin=2, flip=True)
    )
    bollards = "".join(rect(x, 482, 16, 24, INK, 5) for x in (96, 470, 700, 1020))
    return picture(
        circle(250, 130, 80, PAPER),
        cloud(420, 110, 200, PAPER),
        cloud(900, 90, 160, PAPER),
        houses,
        "".join(lamp(x, 506, 110) for x in (210, 600, 970)),
        walkers,
        bollards,
        _quay(500),
        water(556, seed=7),
        _barge(330, 668, 0.95),
        _sailboat(760, 640, 0.82),
        _sailboat(1030, 742, 1.05, hull=RUST, sail=BLUSH, stripe=PAPER),
        stroke("M118 628Q90 560 104 506", SAND, 3),
        bird(640, 70, 22),
        bird(700, 96, 16),
        sky=PALE,
    )


def cycle_street() -> str:
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
        tree(830, 560, 62, INK, RIVER), path_red,
        marks,
        sign,
        cyclist(300, 636, 1.0, RIVER, PAPER, 1),
        cyclist(700, 730, 1.22, SAND, INK, 0, RUST, "long"),
        cyclist(950, 626, 0.86, BLUSH, PAPER, 2, INK, "scarf", flip=True), "".join(bush(x, 800, 30, INK) for x in (60, 420, 1130)), "".join(grass(x, y, 16, WATER) for x, y in ((180, 780), (300, 790), (560, 782), (880, 790), (1000, 776))), sky=PALE,
    )


def evening_street() -> str:
    night, glow = "#0f2438", "#f3d9a8"
    homes = "".join(
        row_house(-20 + i * 176, 520, 176, wall, RUST, INK, glow if lit else "#3d6287")
        for i, (wall, lit) in enumerate(
            ((WATER, 1), (RIVER, 0), (WATER, 1), (RIVER, 1), (WATER, 0), (RIVER, 1), (WATER, 1))
        )
    )
    cones = "".join(
        polygon([(x - 12, 330), (x + 12, 330), (x + 120, 640), (x - 120, 640)], glow, opacity=0.2)
        for x in (250, 620, 990)
    )
    pools = "".join(
        f'<ellipse cx="{x}" cy="640" rx="128" ry="26" fill="{glow}" opacity="0.35"/>' for x in (250, 620, 990)
    )
    stars = "".join(
        circle(x, y, r, SAND)
        for x, y, r in (
            (90, 90, 3),
            (210, 160, 2),
            (370, 70, 3),
            (520, 140, 2),
            (700, 80, 3),
            (830, 170, 2),
            (1120, 110, 3),
            (450, 220, 2),
            (150, 260, 2),
        )
    )
    moon = circle(960, 130, 62, glow) + circle(934, 116, 56, INK)
    return picture(
        stars,
        moon,
        homes,
        rect(0, 520, 1200, 34, "#3a5f85"),
        rect(0, 554, 1200, 246, night),
        pools,
        cones,
        "".join(lamp(x, 640, 300, PAPER, glow) for x in (250, 620, 990)),
        rect(0, 700, 1200, 100, "#1a3854"),
        "".join(rect(40 + i * 170, 744, 90, 8, WATER, 3) for i in range(8)),
        person(712, 668, 0.95, BRICK, RIVER, 0, SAND, "bun", right=(40, 2)),
        person(786, 668, 0.9, CLAY, RIVER, 2, "#2a1a14", "curls", left=(-34, 2)),
        _dog(880, 670), stroke("M818 592Q866 596 914 634", SAND, 3),
        bench(360, 650, 120, BRICK, PAPER),
        sky=INK,
    )


def _dog(x: float, y: float, coat: str = SAND) -> str:
    legs = "".join(line(leg, -22, leg, -4, coat, 10) for leg in (-26, -12, 26, 38))
    head = circle(52, -64, 17, coat) + rect(54, -66, 30, 15, coat, 7) + circle(82, -62, 4, INK) + path("M40 -78q-10 4 -8 28q12 2 14 -22Z", CLAY)
    return group(rect(-34, -50, 80, 32, coat, 16), legs, line(40, -44, 50, -60, coat, 18), head, stroke("M30 -46l18 10", BRICK, 6), stroke("M-32 -42q-18 -4 -18 -24", coat, 7), x=x, y=y)
