"""Park, school yard, garden house, polder and river bank."""

from buildings import bench, window
from nature import bird, bush, cloud, grass, poplar, reeds, tree, water
from people import person
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

MEADOW, LAWN = "#8fb0c4", "#a9c4d3"


def _tufts(points: str, colour: str = PALE) -> str:
    pairs = [tuple(map(float, pair.split(","))) for pair in points.split()]
    return "".join(grass(x, y, 15, colour) for x, y in pairs)


def park() -> str:
    hill = path("M420 640C560 640 640 330 790 330S1010 640 1210 640Z", WATER) + path(
        "M640 640C700 560 740 400 800 332Q900 350 960 470Q1010 600 1100 640Z", MEADOW
    )
    steps = "".join(rect(686 + i * 15, 604 - i * 36, 92 - i * 6, 13, SAND, 4) for i in range(8))
    climbing = stroke(
        "M800 336Q806 250 796 150M800 270Q860 230 884 170M800 246Q750 210 722 176M798 200Q830 160 836 120", RUST, 18
    ) + "".join(circle(x, y, r, colour) for x, y, r, colour in ((800, 112, 70, INK), (716, 158, 50, INK), (890, 152, 56, INK), (846, 96, 48, RIVER), (752, 108, 42, RIVER), (708, 150, 38, RIVER), (882, 144, 42, RIVER), (836, 84, 26, WATER), (742, 98, 22, WATER), (872, 134, 20, WATER), (700, 142, 18, WATER))) + "".join(stroke(f"M{x} {y}q9 -9 18 0", PALE, 4) for x, y in ((780, 140), (806, 166), (726, 182), (858, 172), (904, 176), (800, 70)))
    children = (
        person(846, 312, 0.46, BRICK, INK, 1, right=(26, -120), left=(-22, -126))
        + person(728, 586, 0.52, CLAY, INK, 0, RUST, "long", right=(40, -20))
        + person(782, 480, 0.5, PAPER, INK, 2, style="curls", right=(40, -30))
    )
    cable = (
        stroke("M60 290L60 650M430 650L430 336M36 650L60 560M454 650L430 560", RUST, 10) + stroke("M60 300Q230 376 430 350", INK, 4)
        + stroke("M226 350L238 442", INK, 4)
        + ellipse(238, 446, 26, 7, INK)
    )
    rider = group(
        stroke("M0 -46L26 -6M0 -46L34 -26", INK, 13),
        path("M-14 -44Q-18 -92 4 -98Q22 -92 16 -44Z", BRICK),
        stroke("M4 -88L-8 -122", BRICK, 12),
        circle(6, -116, 15, "#c98c69"),
        path("M-10 -114a16 16 0 0 1 32 0q-16 -12 -32 0Z", INK),
        x=240,
        y=478,
    )
    lawn = (
        rect(0, 630, 1200, 170, RIVER)
        + path("M0 690Q300 640 620 700T1200 690V800H0Z", WATER)
        + path("M330 800Q420 744 560 724Q690 706 690 632H792Q800 730 640 752Q540 768 500 800Z", SAND)
    )
    visitors = (
        person(930, 744, 0.95, BRICK, INK, 2, style="curls")
        + person(996, 748, 0.62, SAND, INK, 2, style="curls", left=(-40, -24))
        + bench(1060, 744, 120)
    )
    return picture(
        circle(240, 150, 84, BLUSH),
        cloud(420, 130, 190),
        cloud(960, 100, 150),
        poplar(36, 640, 250),
        poplar(500, 640, 210, WATER, MIST),
        poplar(1120, 640, 270),
        poplar(1170, 640, 220, WATER, MIST),
        hill,
        steps,
        climbing,
        children,
        lawn,
        cable,
        rider,
        bush(330, 668, 34, INK),
        visitors,
        _tufts("60,740 150,710 470,690 840,780 1150,785 620,790 90,784 250,760"),
        bird(560, 90, 22),
        bird(604, 116, 15),
    )


def water_play() -> str:
    basin = path("M-20 700C120 520 330 560 470 590S760 640 880 570S1120 520 1230 560V820H-20Z", SAND) + path(
        "M-20 740C140 580 330 600 470 626S760 676 900 610S1120 568 1230 600V820H-20Z", WATER
    )
    ripples = "".join(
        ellipse(x, y, w, w * 0.22, "none", stroke=PALE, stroke_width=4)
        for x, y, w in ((360, 700, 70), (360, 700, 36), (690, 730, 60), (940, 690, 54), (940, 690, 26), (250, 612, 34), (480, 764, 56)))
    pump = group(
        rect(-14, -150, 28, 150, BRICK, 6),
        rect(-30, -10, 60, 14, RUST, 4),
        stroke("M0 -140Q60 -190 96 -150", RUST, 11),
        stroke("M-8 -112h-42v16", BRICK, 14),
        stroke("M-50 -88v106", PALE, 7),
        rect(-20, -162, 40, 18, RUST, 6),
        x=300, y=590)
    stones = "".join(
        ellipse(x, y, 46, 18, colour)
        for x, y, colour in ((520, 690, INK), (620, 706, RIVER), (730, 690, INK), (830, 668, RIVER))
    )
    kids = (
        person(440, 606, 0.72, RIVER, BRICK, 1, INK, "curls", left=(-58, -128), right=(30, 10))
        + person(622, 704, 0.7, BRICK, INK, 0, RUST, "long", left=(-56, -44), right=(56, -44))
        + person(940, 690, 0.66, PAPER, INK, 2, INK, "short", left=(-50, -90), right=(50, -90))
        + person(1080, 590, 1.0, INK, RUST, 3, INK, "scarf", skirt=True)
    )
    drops = "".join(
        circle(x, y, r, PALE)
        for x, y, r in ((890, 600, 6), (1000, 590, 5), (984, 560, 4), (906, 566, 4), (880, 640, 5), (1004, 634, 6))
    )
    back = rect(0, 420, 1200, 380, MEADOW) + path("M0 430Q300 380 620 430T1200 410V500H0Z", LAWN)
    return picture(
        circle(930, 140, 90, BLUSH),
        cloud(140, 150, 210, PAPER),
        cloud(560, 110, 160, PAPER),
        poplar(90, 440, 220),
        poplar(150, 440, 180, WATER, MIST),
        tree(480, 450, 78),
        tree(760, 440, 60),
        poplar(1110, 430, 230),
        poplar(1160, 430, 190, WATER, MIST),
        back,
        bench(980, 540, 130),
        basin,
        ripples,
        stones,
        pump,
        kids, drops, group(_duck(0, 0), x=180, y=760), reeds(40, 690, 8, 100),
        _tufts("120,520 520,500 600,540 860,500 700,480 200,470", PAPER),
        sky=PALE,
    )


def school_yard() -> str:
    school = (
        rect(120, 210, 720, 300, CLAY)
        + rect(100, 190, 760, 26, RUST)
        + "".join(window(156 + i * 112, 250, 84, 84, PALE) for i in range(6))
        + "".join(window(156 + i * 112, 376, 84, 84, PALE) for i in range(4))
    )
    entrance = (
        rect(612, 366, 150, 144, INK)
        + rect(624, 380, 58, 130, WATER)
        + rect(692, 380, 58, 130, WATER)
        + rect(592, 350, 190, 18, BRICK)
    )
    name = rect(390, 146, 180, 46, PAPER, 6) + "".join(
        circle(420 + i * 40, 169, 8, colour) for i, colour in enumerate((BRICK, RIVER, CLAY, WATER))
    )
    ground = (
        rect(0, 510, 1200, 290, SAND)
        + path("M0 620Q160 540 330 590T560 800H0Z", MEADOW)
        + path("M1200 560Q980 540 900 640T760 800H1200Z", MEADOW)
    )
    logs = "".join(
        rect(640 + i * 34, 640 - i * 14, 26, 60 + i * 14, RUST, 5) + ellipse(653 + i * 34, 640 - i * 14, 13, 6, CLAY)
        for i in range(5)
    )
    hut = stroke("M950 690L1040 480L1130 690M985 690L1052 486M1096 690L1030 486", RUST, 9) + path(
        "M1000 690Q1040 560 1080 690Z", INK
    )
    garden = "".join(
        rect(40 + i * 130, 700, 110, 46, BRICK, 5)
        + rect(48 + i * 130, 696, 94, 10, INK)
        + "".join(stroke(f"M{62 + i * 130 + j * 24} 698q-4 -20 -12 -26m12 26q4 -20 12 -28", RIVER, 4) for j in range(4))
        for i in range(3)
    )
    kids = (
        person(716, 626, 0.66, RIVER, INK, 2, INK, "curls", left=(-50, -40), right=(50, -40))
        + person(560, 700, 0.68, BRICK, RIVER, 0, RUST, "long", right=(44, -6))
        + person(470, 712, 0.7, PAPER, RIVER, 1, left=(-38, -2))
        + person(860, 716, 0.66, INK, BRICK, 1, INK, "scarf", skirt=True, right=(44, -30))
        + person(226, 690, 0.95, BRICK, INK, 0, "#5b4634", "bun", right=(40, 30))
    )
    can = group(
        rect(0, 0, 34, 28, RIVER, 4),
        stroke("M34 8l24 -10", RIVER, 6),
        stroke("M4 0q14 -20 28 0", RIVER, 4),
        x=266,
        y=620,
    )
    return picture(
        circle(1010, 150, 84, SAND),
        cloud(60, 140, 150, PAPER),
        cloud(700, 120, 170, PAPER),
        name,
        school,
        entrance,
        tree(60, 520, 70),
        tree(930, 520, 92),
        tree(1120, 530, 76, INK, RIVER),
        ground, _tufts("120,640 300,620 420,770 1000,760 900,690 960,740 60,680", PALE), bush(390, 614, 26, RIVER), hut, logs, kids, can, garden, bush(1160, 790, 44, RIVER),
        sky=PALE,
    )


def garden_house() -> str:
    house = (
        rect(330, 330, 470, 260, BRICK)
        + "".join(line(330, y, 800, y, RUST, 2) for y in range(356, 590, 26))
        + polygon([(290, 336), (420, 190), (710, 190), (840, 336)], INK)
        + "".join(line(330 + i * 42, 330, 438 + i * 22, 194, RIVER, 2) for i in range(12))
    )
    doors = (
        rect(474, 396, 182, 194, PAPER)
        + rect(482, 404, 80, 186, "#f3dcb0")
        + rect(568, 404, 80, 186, "#f3dcb0")
        + line(482, 480, 648, 480, PAPER, 5)
        + rect(562, 404, 6, 186, PAPER)
    )
    lights = stroke("M300 340Q430 400 560 352T840 336Q960 400 1090 330", SAND, 3) + "".join(
        circle(x, y, 8, BLUSH)
        for x, y in (
            (350, 366),
            (420, 378),
            (490, 370),
            (560, 353),
            (640, 340),
            (720, 334),
            (800, 334),
            (870, 352),
            (940, 368),
            (1010, 364),
            (1070, 341),
        )
    )
    table = (
        rect(840, 610, 220, 14, RUST, 4)
        + line(870, 622, 860, 700, RUST, 9)
        + line(1030, 622, 1040, 700, RUST, 9)
        + group(path("M-13 -22h26l-4 22h-18Z", PAPER), x=900, y=610)
        + group(path("M-13 -22h26l-4 22h-18Z", PAPER), x=1000, y=610)
        + group(path("M-26 0Q-32 -34 0 -38Q32 -34 26 0Z", RIVER), circle(0, -42, 5, RIVER), stroke("M26 -24q18 -2 22 -16", RIVER, 7), stroke("M-26 -28q-20 4 -8 22", RIVER, 5), x=950, y=610)
    )
    people = (
        person(420, 690, 0.98, RIVER, INK, 0, MIST, "bun", right=(40, -30))
        + person(880, 704, 0.95, CLAY, INK, 2, INK, "curls", right=(30, -10))
        + person(1086, 706, 0.95, PAPER, INK, 1, INK, "scarf", left=(-44, -14), skirt=True)
        + person(560, 596, 0.78, INK, RUST, 3, INK)
    )
    beds = "".join(
        rect(x, 726, 150, 40, RUST, 5)
        + "".join(
            stroke(f"M{x + 20 + j * 28} 728v-36", INK, 4) + circle(x + 20 + j * 28, 684 - (j % 2) * 10, 12, colour)
            for j, colour in enumerate((BRICK, CLAY, BLUSH, BRICK, CLAY))
        )
        for x in (40, 210, 640)
    )
    ground = rect(0, 588, 1200, 212, WATER) + path("M420 800Q470 690 500 588H640Q700 690 900 800Z", SAND)
    return picture(
        circle(960, 170, 92, SAND),
        cloud(70, 160, 190, PAPER),
        tree(180, 596, 104),
        tree(1120, 596, 96),
        tree(258, 596, 56, WATER, MIST),
        poplar(40, 590, 240, WATER, MIST),
        house,
        window(366, 410, 84, 84, "#f3dcb0"),
        window(682, 410, 84, 84, "#f3dcb0"),
        rect(364, 500, 88, 16, RUST, 3),
        rect(680, 500, 88, 16, RUST, 3),
        "".join(
            circle(372 + i * 14, 496, 9, (BLUSH, PAPER)[i % 2]) + circle(688 + i * 14, 496, 9, (PAPER, BLUSH)[i % 2])
            for i in range(6)
        ),
        doors,
        rect(620, 150, 34, 60, RUST),
        lights, ground, _tufts("120,640 320,640 780,650 1160,750 800,780 60,600 720,620", PALE), people, table, beds,
        sky=PALE,
    )


def polder() -> str:
    sky = circle(860, 210, 110, BLUSH) + cloud(90, 150, 240) + cloud(520, 110, 180) + cloud(930, 330, 200, PAPER)
    far = rect(0, 400, 1200, 60, WATER) + "".join(
        poplar(x, 410, h, RIVER, WATER)
        for x, h in ((60, 120), (92, 140), (124, 116), (156, 134), (700, 110), (726, 128), (752, 112))
    )
    roofs = "".join(
        rect(x, 352, w, 56, wall)
        + polygon([(x - 8, 354), (x + 14, 312), (x + w - 14, 312), (x + w + 8, 354)], BRICK)
        + rect(x + w / 2 - 9, 366, 18, 18, PALE)
        for x, w, wall in ((250, 84, SAND), (334, 84, BLUSH), (418, 84, SAND), (900, 88, BLUSH), (988, 88, SAND), (1076, 88, BLUSH))
    )
    mill = group(
        polygon([(-40, 0), (-24, -120), (24, -120), (40, 0)], RUST),
        polygon([(-26, -120), (0, -150), (26, -120)], INK),
        rect(-10, -30, 20, 30, INK),
        rect(-48, -44, 96, 7, PAPER),
        "".join(
            f'<g transform="rotate({a} 0 -126)"><rect x="-3" y="-232" width="6" height="106" fill="{INK}"/><rect x="3" y="-228" width="20" height="82" fill="{PAPER}" stroke="{INK}" stroke-width="2.5"/></g>'
            for a in (24, 114, 204, 294)
        ),
        circle(0, -126, 6, INK),
        x=600,
        y=414,
        scale=0.95,
    )
    land = rect(0, 440, 1200, 360, MEADOW) + path("M0 470Q400 430 720 466T1200 450V540H0Z", LAWN)
    pond = (
        path("M-20 640C120 520 360 560 520 540S900 490 1230 560V820H-20Z", SAND)
        + f'<clipPath id="pond"><path d="M-20 670C140 550 360 590 520 568S900 520 1230 590V820H-20Z"/></clipPath><g clip-path="url(#pond)">{water(520, seed=11, rows=10)}</g>'
    )
    bridge = (
        stroke("M350 700Q560 604 790 690", RUST, 20)
        + "".join(
            line(x, y, x, y - 66, RUST, 7) for x, y in ((380, 690), (470, 662), (570, 648), (670, 656), (760, 680))
        )
        + stroke("M380 624Q570 546 760 614", RUST, 7)
        + "".join(line(x, y, x, 790, INK, 10) for x, y in ((470, 670), (670, 668)))
    )
    walkers = person(540, 650, 0.62, BRICK, INK, 0, INK) + person(
        600, 648, 0.44, PAPER, INK, 0, RUST, "long", left=(-44, -40)
    )
    return picture(
        sky,
        far,
        roofs,
        mill,
        land,
        pond,
        bridge,
        walkers,
        reeds(60, 700, 9, 120),
        reeds(940, 640, 10, 110, seed=8),
        reeds(1080, 720, 8, 130, seed=5),
        group(_duck(0, 0), x=250, y=720),
        group(_duck(0, 0), x=880, y=760, flip=True),
        bird(330, 250, 24),
        bird(390, 226, 17),
        _tufts("140,500 420,500 820,490 1080,520 620,520 260,540", PAPER),
    )


def _duck(x: float, y: float) -> str:
    return path(
        f"M{x - 34} {y}q-8 -14 -14 -16q34 4 54 0q6 -24 22 -20q14 4 10 18l12 4l-12 4q-6 22 -30 22q-30 0 -42 -12Z", PAPER
    ) + path(f"M{x + 38} {y - 18}l14 4l-14 4Z", BRICK)


def clean_up() -> str:
    back = rect(0, 330, 1200, 20, WATER) + "".join(
        poplar(x, 344, h, WATER, MIST)
        for x, h in ((70, 150), (110, 180), (150, 140), (1010, 170), (1050, 140), (1090, 186))
    )
    far_bank = "".join(
        rect(x, 344 - h, w, h, colour)
        for x, w, h, colour in (
            (380, 70, 90, MIST),
            (450, 60, 120, CLAY),
            (510, 90, 70, MIST),
            (600, 56, 104, BLUSH),
            (656, 80, 84, MIST),
        )
    )
    bridge = stroke("M700 344V300M960 344V300M660 302H1000", INK, 9) + stroke("M700 300Q830 180 960 300", INK, 6) + "".join(line(x, 300, x, y, INK, 3) for x, y in ((744, 268), (787, 248), (830, 240), (873, 248), (916, 268)))
    ship = group(
        path("M-150 -26H150L128 16H-130Z", INK),
        rect(70, -66, 56, 40, PAPER),
        rect(64, -72, 68, 8, BRICK),
        *(rect(-120 + i * 46, -50, 42, 24, colour) for i, colour in enumerate((BRICK, CLAY, BLUSH, BRICK))),
        x=300,
        y=420,
    )
    bank = path("M0 560Q300 500 620 540T1200 510V800H0Z", MEADOW) + path("M0 690Q340 620 700 670T1200 640V800H0Z", SAND)
    crew = (
        _picker(250, 720, BRICK, 0, "#5b4634", "bun")
        + _picker(520, 690, RIVER, 2, INK, "curls")
        + person(740, 724, 1.0, PAPER, INK, 1, INK, "scarf", left=(-46, 20), right=(46, 20), skirt=True)
        + _picker(960, 700, CLAY, 3, INK, "short", True)
        + person(1090, 690, 0.66, BRICK, RIVER, 0, RUST, "long", left=(-50, 10))
    )
    litter = "".join(
        _scrap(x, y, colour)
        for x, y, colour in (
            (358, 714, PAPER),
            (420, 744, BRICK),
            (606, 706, RIVER), (868, 712, PAPER), (150, 752, RIVER), (900, 762, BRICK),
        )
    )
    return picture(
        circle(980, 130, 84, BLUSH),
        cloud(110, 140, 210, PAPER),
        cloud(560, 100, 170, PAPER),
        back,
        far_bank,
        bridge,
        water(350, 548, seed=21, rows=8),
        ship, bank, _tufts("160,600 340,580 420,620 640,600 860,580 1040,620", PALE), reeds(30, 620, 8, 90), reeds(1090, 560, 8, 84, seed=9), litter, crew,
                   _bag(672, 766, 0.95), _bag(810, 770, 0.95), _bag(60, 760, 1.0), bird(420, 170, 22), bird(472, 196, 15),
        sky=PALE,
    )


def _picker(x: float, y: float, coat: str, skin: int, hair: str, style: str, flip: bool = False) -> str:
    tool = stroke("M40 -70L78 -6", INK, 5) + stroke("M78 -6l-8 6m8 -6l4 10", BRICK, 4)
    vest = group(rect(-27, -128, 54, 9, PAPER), rect(-27, -104, 54, 9, PAPER), opacity=0.85)
    return group(
        person(0, 0, 1, coat, INK, skin, hair, style, left=(-36, 20), right=(40, 16)), vest, tool, x=x, y=y, flip=flip
    )


def _bag(x: float, y: float, size: float = 1) -> str:
    return group(
        path("M-34 0Q-44 -56 -10 -74H10Q44 -56 34 0Q0 10 -34 0Z", INK),
        path("M-12 -74q-12 -18 -4 -22l16 8l16 -8q8 4 -4 22Z", INK),
        stroke("M-12 -74h24", BRICK, 6),
        stroke("M-16 -54q-8 20 -8 38", RIVER, 4),
        x=x,
        y=y,
        scale=size,
    )


def _scrap(x: float, y: float, colour: str) -> str:
    return f'<g transform="rotate({(x * 7) % 60 - 30} {x} {y})">{rect(x, y, 22, 12, colour, 3)}{line(x + 14, y, x + 14, y + 12, INK, 2)}</g>'
