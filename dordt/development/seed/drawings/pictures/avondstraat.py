"""A street by night, with lamps that burn."""

from dordt.development.seed.drawings.buildings import bench, lamp, row_house
from dordt.development.seed.drawings.people import person
from dordt.development.seed.drawings.svg import (
    BRICK,
    CLAY,
    INK,
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
        _dog(880, 670),
        stroke("M818 592Q866 596 914 634", SAND, 3),
        bench(360, 650, 120, BRICK, PAPER),
        sky=INK,
    )


def _dog(x: float, y: float, coat: str = SAND) -> str:
    legs = "".join(line(leg, -22, leg, -4, coat, 10) for leg in (-26, -12, 26, 38))
    head = (
        circle(52, -64, 17, coat)
        + rect(54, -66, 30, 15, coat, 7)
        + circle(82, -62, 4, INK)
        + path("M40 -78q-10 4 -8 28q12 2 14 -22Z", CLAY)
    )
    return group(
        rect(-34, -50, 80, 32, coat, 16),
        legs,
        line(40, -44, 50, -60, coat, 18),
        head,
        stroke("M30 -46l18 10", BRICK, 6),
        stroke("M-32 -42q-18 -4 -18 -24", coat, 7),
        x=x,
        y=y,
    )
