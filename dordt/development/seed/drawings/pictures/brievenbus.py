"""Letters on their way to the gemeente."""

from dordt.development.seed.drawings.buildings import town_house
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
    WATER,
    circle,
    ellipse,
    picture,
    rect,
    stroke,
    tag,
)


def draw() -> str:
    box = (
        rect(430, 250, 300, 300, BRICK, 26)
        + rect(430, 470, 300, 80, RUST, 26)
        + rect(430, 470, 300, 40, RUST)
        + rect(412, 232, 336, 48, RUST, 22)
        + rect(474, 316, 212, 26, INK, 12)
        + rect(466, 300, 228, 14, CLAY, 7)
        + rect(492, 384, 176, 90, PAPER, 8)
        + stroke("M492 390L580 440L668 390", BRICK, 6)
    )
    foot = rect(548, 550, 64, 130, INK) + rect(500, 668, 160, 24, INK, 10)
    flying = "".join(
        _letter(x, y, size, turn, colour)
        for x, y, size, turn, colour in (
            (250, 150, 1.1, -16, PAPER),
            (130, 300, 0.8, 12, BLUSH),
            (330, 330, 0.7, -8, PAPER),
            (860, 150, 1.0, 14, PAPER),
            (1010, 290, 0.85, -12, BLUSH),
            (800, 330, 0.6, 6, PAPER),
            (560, 110, 0.8, 4, BLUSH),
        )
    )
    trails = stroke(
        "M300 214Q420 250 500 322M180 350Q330 410 474 330M860 214Q760 250 664 322"
        "M1000 342Q860 400 690 332M578 160Q584 230 580 300",
        WATER,
        4,
        stroke_dasharray="2 16",
    )
    giver = person(300, 716, 1.4, RIVER, INK, 2, INK, "curls", right=(76, -76), left=(-36, 14)) + _letter(
        412, 500, 0.62, -6, PAPER
    )
    child = (
        person(880, 716, 0.95, PAPER, INK, 0, RUST, "long", left=(-64, -40), right=(34, 10))
        + _letter(820, 582, 0.5, 10, BLUSH)
        + person(980, 716, 1.36, INK, RUST, 3, INK, "scarf", skirt=True, left=(-46, -6))
    )
    street = "".join(
        town_house(x, 640, w, h, g, wall, floors=2, leaf=PAPER, glass=PAPER)
        for x, w, h, g, wall in (
            (-20, 130, 200, "step", MIST),
            (110, 110, 170, "bell", "#c3d6e2"),
            (220, 120, 210, "neck", MIST),
            (340, 110, 180, "step", "#c3d6e2"),
            (710, 120, 200, "bell", MIST),
            (830, 110, 170, "step", "#c3d6e2"),
            (940, 130, 215, "neck", MIST),
            (1070, 140, 180, "step", "#c3d6e2"),
        )
    )
    return picture(
        circle(580, 330, 270, PAPER),
        street,
        rect(0, 640, 1200, 160, MIST),
        rect(0, 640, 1200, 14, WATER),
        ellipse(580, 694, 150, 16, WATER),
        trails,
        flying,
        foot,
        box,
        giver,
        child,
        sky=PALE,
    )


def _letter(x: float, y: float, size: float, turn: float, colour: str) -> str:
    body = (
        rect(-56, -36, 112, 72, colour, 5)
        + stroke("M-54 -32L0 12L54 -32", BRICK, 5)
        + stroke("M-54 34L-16 -2M54 34L16 -2", CLAY, 3)
    )
    shadow = rect(-50, -28, 112, 72, "#14304b22", 5)
    return tag("g", shadow, body, transform=f"translate({x} {y}) rotate({turn}) scale({size})")
