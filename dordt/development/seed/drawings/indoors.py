"""Table, shelves, door, letter box and the map of the wijken."""

from buildings import town_house, window
from nature import bird, cloud, tree, water
from people import bust, person, sheet
from svg import (
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


def table() -> str:
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
    pendant = _hanging(230, 940)
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


def library_of_things() -> str:
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
        x=466, y=522)
    ladder = "".join(line(x, 650, x + 34, 130, CLAY, 12) for x in (812, 890)) + "".join(
        line(820 + i * 6.6, 590 - i * 90, 888 + i * 6.6, 590 - i * 90, CLAY, 10) for i in range(5)
    )
    counter = (
        rect(720, 590, 480, 26, RUST, 4)
        + rect(744, 616, 456, 184, CLAY)
        + rect(790, 650, 360, 110, BLUSH, 6)
        + "".join(circle(850 + i * 80, 704, 26, colour) for i, colour in enumerate((BRICK, RIVER, RUST, WATER)))
    )
    people = person(636, 782, 1.36, RIVER, INK, 2, INK, "curls", right=(66, -66), left=(-36, 14)) + person(1000, 704, 1.36, BRICK, INK, 0, "#8b8378", "bun", left=(-64, -16), right=(50, -14))
    handed = group(path("M0 0h50l6 6v16h-56Z", BRICK)
        + rect(-24, 6, 26, 6, INK)
        + path("M24 22h20l6 36h-22Z", BRICK),
        x=752, y=534)
    floor = rect(0, 660, 1200, 140, MIST)
    return picture(
        rect(940, 130, 210, 190, PAPER),
        rect(952, 142, 186, 166, WATER),
        circle(1090, 190, 26, BLUSH),
        rect(1040, 142, 8, 166, PAPER),
        floor,
        shelf,
        drill, saw, tent, case, pans, projector, games, ball, boxes, mixer, _hanging(300, 1000), ladder,
        people,
        counter,
        handed,
        sheet(860, 560, 70, 34, PAPER, 2, RIVER, -4),
        sky=PALE,
    )


def _hanging(*places: float) -> str:
    return "".join(line(x, 0, x, 24, INK, 4) + path(f"M{x - 46} 60Q{x - 40} 22 {x} 22T{x + 46} 60Z", BRICK) for x in places)


def open_door() -> str:
    """From outside to inside: residents walk into the town hall, its doors wide open."""
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
        rect(536, 420, 128, 14, RUST, 3) + rect(546, 434, 108, 100, CLAY) + bust(600, 420, 0.66, RIVER, 1, INK, "short")
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


def letter_box() -> str:
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
        "M300 214Q420 250 500 322M180 350Q330 410 474 330M860 214Q760 250 664 322M1000 342Q860 400 690 332M578 160Q584 230 580 300",
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
    return f'<g transform="translate({x} {y}) rotate({turn}) scale({size})">{rect(-50, -28, 112, 72, "#14304b22", 5)}{body}</g>'


def map_of_wijken() -> str:
    """Not a true map: the lie of the wijken on the island, so that one sees there are eleven."""
    fills = {"noordflank": CLAY, "binnenstad": BRICK, "staart": BRICK, "reeland": RUST, "oud": WATER, "nieuw": MIST, "crabbehof": RIVER, "wielwijk": "#3f6f9b",
             "dubbeldam": BLUSH, "sterrenburg": "#eab79f", "stadspolders": SAND}
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
    coast = "".join(polygon(points, "#f3e3cf", stroke="#f3e3cf", stroke_width=64, stroke_linejoin="round") for points in parts.values())
    surf = "".join(polygon(points, WATER, stroke=WATER, stroke_width=104, stroke_linejoin="round", opacity=1) for points in parts.values())
    pins = "".join(_pin(x, y, colour) for x, y, colour in (
        (470, 226, PAPER), (650, 190, PAPER), (930, 140, PAPER), (404, 356, PAPER), (396, 484, RIVER), (300, 604, PAPER), (490, 614, PAPER), (580, 346, PAPER), (770, 370, RIVER), (650, 550, RIVER), (960, 360, RIVER)))
    trees = "".join(group(tree(0, 0, size, INK, RIVER), x=x, y=y) for size, x, y in ((25, 712, 630), (19, 746, 640), (20, 820, 330), (22, 985, 470), (18, 1014, 480)))
    return picture(water(-60, 800, seed=31, rows=13, wave="#3f6f9b"), surf, coast, land, trees, _church(378, 276), pins, _boat(110, 300), _boat(1060, 740))


def _pin(x: float, y: float, colour: str) -> str:
    return path(
        f"M{x} {y + 26}C{x - 8} {y + 8} {x - 20} {y} {x - 20} {y - 14}a20 20 0 0 1 40 0C{x + 20} {y} {x + 8} {y + 8} {x} {y + 26}Z",
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
