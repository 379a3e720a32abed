"""Shelves of things to borrow."""

from dordt.development.seed.drawings.buildings import hanging_lamps
from dordt.development.seed.drawings.people import person, sheet
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
    shelf = (
        rect(90, 90, 700, 560, RUST, 6)
        + "".join(rect(108, 108 + i * 178, 664, 160, "#f3e3cf") for i in range(3))
        + rect(432, 90, 14, 560, RUST)
    )
    drill = group(
        path("M0 0h70l8 8v22h-78Z", BRICK),
        rect(-34, 8, 36, 8, INK),
        path("M34 30h28l8 52h-32Z", BRICK),
        rect(30, 82, 48, 16, INK, 4),
        x=170,
        y=166,
    )
    saw = group(
        path("M0 30L150 10V44L0 52Z", MIST),
        polygon([(i * 10, 52 - i * 0.6) for i in range(15)], MIST),
        path("M146 4q50 -8 48 30q-4 22 -44 14Z", CLAY),
        x=250,
        y=210,
    )
    tent = group(
        polygon([(0, 0), (70, -96), (140, 0)], RIVER), polygon([(56, 0), (70, -96), (96, 0)], INK), x=470, y=266
    )
    case = group(
        rect(0, 0, 96, 70, BRICK, 8),
        rect(30, -14, 36, 16, "none", 5, stroke=INK, stroke_width=6),
        rect(0, 24, 96, 8, RUST),
        x=644,
        y=198,
    )
    pans = group(
        rect(0, 0, 120, 64, WATER, 8),
        rect(-14, 6, 148, 12, INK, 5),
        rect(48, -18, 24, 12, INK, 4),
        rect(8, -8, 104, 10, RIVER, 4),
        x=150,
        y=380,
    )
    projector = group(
        rect(0, 0, 104, 56, INK, 8),
        circle(30, 28, 18, PALE),
        circle(30, 28, 9, RIVER),
        rect(64, 14, 28, 6, MIST),
        rect(64, 28, 28, 6, MIST),
        x=312,
        y=386,
    )
    games = "".join(
        rect(478, 420 - i * 26, 130 - i * 8, 24, colour, 3) for i, colour in enumerate((RIVER, BRICK, SAND, CLAY))
    )
    ball = circle(700, 404, 40, BRICK) + stroke(
        "M662 396q38 26 76 0M700 364v80M672 376q20 30 0 56M728 376q-20 30 0 56", RUST, 4
    )
    boxes = "".join(
        rect(x, 540, w, 82, colour, 4)
        + rect(x + w / 2 - 22, 566, 44, 22, PAPER, 2)
        + line(x + w / 2 - 12, 577, x + w / 2 + 12, 577, INK, 3)
        for x, w, colour in ((124, 130, MIST), (268, 140, CLAY), (660, 100, MIST))
    )
    mixer = group(
        path("M0 0h86q16 0 16 16v10H40v20H10V20Q0 20 0 0Z", BRICK),
        path("M50 44h54l-8 44h-38Z", PAPER),
        rect(0, 88, 106, 12, INK, 5),
        rect(8, 40, 22, 50, BRICK),
        x=466,
        y=522,
    )
    ladder = "".join(line(x, 650, x + 34, 130, CLAY, 12) for x in (812, 890)) + "".join(
        line(820 + i * 6.6, 590 - i * 90, 888 + i * 6.6, 590 - i * 90, CLAY, 10) for i in range(5)
    )
    counter = (
        rect(720, 590, 480, 26, RUST, 4)
        + rect(744, 616, 456, 184, CLAY)
        + rect(790, 650, 360, 110, BLUSH, 6)
        + "".join(circle(850 + i * 80, 704, 26, colour) for i, colour in enumerate((BRICK, RIVER, RUST, WATER)))
    )
    people = person(636, 782, 1.36, RIVER, INK, 2, INK, "curls", right=(66, -66), left=(-36, 14)) + person(
        1000, 704, 1.36, BRICK, INK, 0, "#8b8378", "bun", left=(-64, -16), right=(50, -14)
    )
    handed = group(
        path("M0 0h50l6 6v16h-56Z", BRICK) + rect(-24, 6, 26, 6, INK) + path("M24 22h20l6 36h-22Z", BRICK), x=752, y=534
    )
    floor = rect(0, 660, 1200, 140, MIST)
    return picture(
        rect(940, 130, 210, 190, PAPER),
        rect(952, 142, 186, 166, WATER),
        circle(1090, 190, 26, BLUSH),
        rect(1040, 142, 8, 166, PAPER),
        floor,
        shelf,
        drill,
        saw,
        tent,
        case,
        pans,
        projector,
        games,
        ball,
        boxes,
        mixer,
        hanging_lamps(300, 1000),
        ladder,
        people,
        counter,
        handed,
        sheet(860, 560, 70, 34, PAPER, 2, RIVER, -4),
        sky=PALE,
    )
