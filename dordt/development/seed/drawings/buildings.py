"""Houses of the old town and of the wijken, and the Grote Kerk."""

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
    circle,
    group,
    line,
    path,
    polygon,
    rect,
    stroke,
)


def window(x: float, y: float, w: float, h: float, glass: str = PALE, frame: str = PAPER) -> str:
    pane = rect(x, y, w, h, frame) + rect(x + 3, y + 3, w - 6, h - 6, glass)
    return pane + rect(x + w / 2 - 1.5, y, 3, h, frame) + rect(x, y + h * 0.4, w, 3, frame)


def door(x: float, y: float, w: float, h: float, colour: str = INK) -> str:
    return (
        rect(x - 4, y - h - 4, w + 8, h + 4, PAPER)
        + rect(x, y - h, w, h, colour)
        + circle(x + w - 7, y - h / 2, 3, PAPER)
    )


def _gable(kind: str, w: float, h: float, wall: str) -> str:
    g = w * 0.55
    if kind == "step":
        s = w / 8
        steps = [(0.0, -h)] + [
            p for i in range(4) for p in ((i * s, -h - g * i / 4 - g / 4), ((i + 1) * s, -h - g * i / 4 - g / 4))
        ]
        return polygon([*steps, *[(w - x, y) for x, y in reversed(steps)]], wall)
    if kind == "bell":
        return path(
            f"M0 {-h}C{w * 0.2} {-h} {w * 0.08} {-h - g} {w * 0.37} {-h - g}q{w * 0.13} {-w * 0.12} {w * 0.26} 0"
            f"C{w * 0.92} {-h - g} {w * 0.8} {-h} {w} {-h}Z",
            wall,
        )
    if kind == "neck":
        return path(
            f"M0 {-h}Q{w * 0.22} {-h} {w * 0.26} {-h - g}H{w * 0.74}Q{w * 0.78} {-h} {w} {-h}Z"
            f"M{w * 0.22} {-h - g + 2}L{w / 2} {-h - g - w * 0.16}L{w * 0.78} {-h - g + 2}Z",
            wall,
        )
    if kind == "point":
        return polygon([(0, -h), (w / 2, -h - g), (w, -h)], wall)
    return rect(-5, -h - 12, w + 10, 14, INK)


def town_house(
    x: float,
    y: float,
    w: float = 110,
    h: float = 230,
    gable: str = "step",
    wall: str = BRICK,
    leaf: str = INK,
    floors: int = 3,
    glass: str = PALE,
) -> str:
    """A house in the old town; (x, y) is the left foot of its wall."""
    parts = [rect(0, -h, w, h, wall), _gable(gable, w, h, wall)]
    if gable != "flat":
        parts.append(window(w / 2 - w * 0.1, -h - w * 0.26, w * 0.2, w * 0.26, glass))
    high = (h - 64) / floors
    for floor in range(floors):
        y0 = -h + 14 + floor * high
        parts += [window(w * left, y0, w * 0.22, high * 0.66, glass) for left in (0.1, 0.39, 0.68)]
    parts += [door(w * 0.12, 0, w * 0.22, 50, leaf), window(w * 0.46, -48, w * 0.42, 34, glass)]
    return group(*parts, x=x, y=y)


def row_house(
    x: float, y: float, w: float = 170, wall: str = BLUSH, roof: str = BRICK, leaf: str = RIVER, glass: str = PALE
) -> str:
    """One house of a post-war terrace."""
    h = 150
    tiles = "".join(line(14 + i * w / 6, -h - 12, 24 + i * w / 6 * 0.94, -h - 62, "#00000030", 2) for i in range(6))
    parts = [
        rect(0, -h, w, h, wall),
        polygon([(-6, -h), (14, -h - 78), (w - 14, -h - 78), (w + 6, -h)], roof),
        tiles,
        rect(w * 0.7, -h - 104, 22, 40, RUST),
        window(w * 0.1, -h + 16, w * 0.34, 44, glass),
        window(w * 0.56, -h + 16, w * 0.34, 44, glass),
        door(w * 0.66, 0, 34, 66, leaf),
        window(w * 0.08, -66, w * 0.46, 44, glass),
    ]
    return group(*parts, x=x, y=y)


def _lancet(x: float, y: float, w: float, h: float, fill: str) -> str:
    return path(
        f"M{x} {y}v{-h}Q{x} {-w * 0.7 + y - h} {x + w / 2} {y - h - w}Q{x + w} {y - h - w * 0.7} {x + w} {y - h}v{h}Z",
        fill,
    )


def _dial(x: float, y: float, r: float, face: str, hand: str) -> str:
    hours = "".join(
        line(x, y - r * 0.84, x, y - r * 0.7, hand, 2.5).replace("<path", f'<path transform="rotate({a} {x} {y})"')
        for a in range(0, 360, 30)
    )
    return (
        circle(x, y, r, face, stroke=hand, stroke_width=4)
        + hours
        + line(x, y, x, y - r * 0.62, hand, 4)
        + line(x, y, x + r * 0.4, y + r * 0.2, hand, 4)
    )


def grote_kerk(x: float, y: float, scale: float = 1, wall: str = BRICK, shade: str = RUST, roof: str = INK) -> str:
    """The blunt tower with its clock and, to the right, nave and choir; (x, y) is the left foot of the tower."""
    nave = [
        rect(150, -210, 400, 210, wall),
        polygon([(140, -210), (168, -345), (520, -345), (560, -210)], roof),
        polygon([(546, -205), (530, -310), (572, -322), (642, -205)], roof),
        rect(550, -205, 84, 205, wall),
        *(_lancet(190 + i * 72, -40, 34, 92, INK) for i in range(5)),
        *(_lancet(566 + i * 34, -40, 18, 100, INK) for i in range(2)),
        *(rect(168 + i * 72, -190, 12, 190, shade) for i in range(6)),
        rect(150, -108, 484, 8, shade),
        polygon([(330, -345), (340, -425), (350, -345)], roof),
        rect(334, -352, 12, 12, roof),
    ]
    tower = [
        polygon([(-12, 0), (-12, -150), (0, -165), (0, -520), (160, -520), (160, -165), (172, -150), (172, 0)], wall),
        polygon([(118, 0), (118, -520), (160, -520), (160, -165), (172, -150), (172, 0)], shade),
        *(rect(-8, top, 176, 10, SAND) for top in (-176, -340, -520)),
        *(_lancet(left, base, 34, 84, INK) for base in (-200, -366) for left in (24, 84)),
        _lancet(30, 0, 80, 74, shade),
        _lancet(42, 0, 56, 66, INK),
        line(70, 0, 70, -104, shade, 4),
    ]
    crown = [
        rect(-4, -546, 168, 28, wall),
        *(rect(-4 + i * 14, -556, 6, 12, SAND) for i in range(13)),
        rect(-8, -560, 176, 7, SAND),
        path("M26 -548V-640Q26 -664 80 -690Q134 -664 134 -640V-548Z", SAND),
        path("M134 -548V-640Q134 -656 112 -673L122 -676Q152 -660 152 -640V-548Z", CLAY),
        _dial(80, -610, 40, PAPER, INK),
        stroke("M80 -690v-34m-8 12h16", INK, 4),
    ]
    return group(*nave, *tower, *crown, x=x, y=y, scale=scale)


def lamp(x: float, y: float, h: float = 240, pole: str = INK, light: str = PAPER) -> str:
    glass = polygon([(-13, -h), (13, -h), (9, -h - 34), (-9, -h - 34)], light) + polygon(
        [(-16, -h - 34), (16, -h - 34), (0, -h - 52)], pole
    )
    return group(
        line(0, 0, 0, -h, pole, 7), rect(-15, -h, 30, 5, pole), rect(-9, -26, 18, 26, pole, 3), glass, x=x, y=y
    )


def bench(x: float, y: float, w: float = 130, wood: str = BRICK, iron: str = INK) -> str:
    slats = "".join(rect(0, top, w, 8, wood, 3) for top in (-74, -60, -40))
    return group(line(16, 0, 16, -70, iron, 6), line(w - 16, 0, w - 16, -70, iron, 6), slats, x=x, y=y)


def fence(x: float, y: float, w: float, colour: str = MIST, step: float = 26) -> str:
    posts = "".join(rect(i * step, -62, 10, 62, colour, 4) for i in range(int(w / step) + 1))
    return group(rect(0, -50, w, 7, colour), rect(0, -22, w, 7, colour), posts, x=x, y=y)


def hanging_lamps(*places: float) -> str:
    return "".join(
        line(x, 0, x, 24, INK, 4) + path(f"M{x - 46} 60Q{x - 40} 22 {x} 22T{x + 46} 60Z", BRICK) for x in places
    )
