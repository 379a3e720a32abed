"""Residents: standing, sitting and on a bicycle. No faces: anyone may see themselves."""

from dordt.development.seed.drawings.svg import (
    BRICK,
    INK,
    PAPER,
    RIVER,
    SKINS,
    Point,
    circle,
    group,
    line,
    path,
    rect,
    stroke,
)


def _head(x: float, y: float, skin: str, hair: str, style: str) -> str:
    face = circle(x, y, 19, skin)
    cap = f"M{x - 20} {y + 2}a20 20 0 0 1 40 0q-6 -13 -20 -13t-20 13Z"
    if style == "long":
        return path(f"M{x - 21} {y}a21 21 0 0 1 42 0q4 20 2 34h-46q-2 -14 2 -34Z", hair) + face + path(cap, hair)
    if style == "bun":
        return circle(x + 2, y - 24, 10, hair) + face + path(cap, hair)
    if style == "scarf":
        return path(f"M{x - 23} {y + 2}a23 23 0 0 1 46 0q2 26 -8 34h-30q-10 -8 -8 -34Z", hair) + circle(
            x, y + 3, 15, skin
        )
    if style == "curls":
        return (
            "".join(
                circle(x + dx, y + dy, 11, hair) for dx, dy in ((-17, -2), (-12, -14), (0, -19), (12, -14), (17, -2))
            )
            + face
        )
    if style == "bald":
        return face
    return face + path(cap, hair)


def person(
    x: float,
    y: float,
    size: float = 1,
    coat: str = RIVER,
    legs: str = INK,
    skin: int = 0,
    hair: str = INK,
    style: str = "short",
    left: Point = (-34, 8),
    right: Point = (34, 8),
    stride: float = 14,
    flip: bool = False,
    skirt: bool = False,
) -> str:
    """Stands at (x, y), about 200 high; `left` and `right` are the hands, counted from the hips."""
    tone = SKINS[skin % len(SKINS)]
    feet = [stroke(f"M{-s * 9} -84L{-s * stride} -4h{8}", legs, 16) for s in (1, -1)]
    body = path("M-28 -80Q-32 -140 -22 -152Q0 -164 22 -152Q32 -140 28 -80Z", coat)
    wide = path("M-27 -96L-40 -44Q0 -34 40 -44L27 -96Z", coat) if skirt else ""
    arms = "".join(_arm(shoulder, hand, coat, tone) for shoulder, hand in ((-22, left), (22, right)))
    neck = rect(-7, -168, 14, 18, tone)
    return group(*feet, wide, neck, body, arms, _head(0, -180, tone, hair, style), x=x, y=y, scale=size, flip=flip)


def _arm(shoulder: float, hand: Point, coat: str, tone: str) -> str:
    hx, hy = hand[0], hand[1] - 88
    bend = (shoulder + hx) / 2 + (10 if shoulder > 0 else -10)
    sleeve = f"M{shoulder} -142Q{bend} {(hy - 142) / 2 + 6} {hx} {hy}"
    return stroke(sleeve, "#0000001c", 18) + stroke(sleeve, coat, 15) + circle(hx, hy, 8, tone)


def bust(
    x: float,
    y: float,
    size: float = 1,
    coat: str = RIVER,
    skin: int = 0,
    hair: str = INK,
    style: str = "short",
    shoulders: str = "",
) -> str:
    """Head and shoulders of someone behind a table; (x, y) is the middle of the table edge."""
    tone = SKINS[skin % len(SKINS)]
    body = path("M-52 0Q-54 -72 -26 -80Q0 -90 26 -80Q54 -72 52 0Z", coat)
    return group(rect(-8, -100, 16, 24, tone), body, shoulders, _head(0, -112, tone, hair, style), x=x, y=y, scale=size)


def bicycle(x: float, y: float, size: float = 1, frame: str = BRICK, tyre: str = INK) -> str:
    """Stands on (x, y), looking to the right; y is the ground."""
    wheels = "".join(
        circle(cx, -42, 40, "none", stroke=tyre, stroke_width=6)
        + circle(cx, -42, 5, tyre)
        + "".join(
            f'<path d="M{cx} -42v-38" stroke="{tyre}" stroke-width="1.2" transform="rotate({a} {cx} -42)"/>'
            for a in range(0, 360, 30)
        )
        for cx in (-62, 62)
    )
    tubes = stroke("M-62 -42L-18 -42L-34 -100M-18 -42L44 -96M-30 -88L44 -96M62 -42L42 -112M-62 -42L-30 -88", frame, 6)
    return group(
        wheels,
        tubes,
        stroke("M-46 -104h26", tyre, 9),
        stroke("M42 -112q-2 -10 -18 -8", tyre, 5),
        circle(-18, -42, 9, tyre),
        stroke("M-86 -88h44", tyre, 5),
        x=x,
        y=y,
        scale=size,
    )


def cyclist(
    x: float,
    y: float,
    size: float = 1,
    coat: str = RIVER,
    frame: str = BRICK,
    skin: int = 0,
    hair: str = INK,
    style: str = "short",
    flip: bool = False,
) -> str:
    tone = SKINS[skin % len(SKINS)]
    rider = [
        line(0, -170, 8, -194, tone, 13),
        stroke("M-30 -110L14 -84L-8 -34h14", INK, 14),
        path("M-46 -102Q-50 -160 -14 -182Q4 -190 14 -174Q14 -150 -12 -102Z", coat),
        stroke("M-2 -166Q8 -138 30 -122", "#00000026", 17),
        stroke("M-2 -166Q8 -138 30 -122", coat, 14),
        circle(32, -121, 7, tone),
        _head(10, -206, tone, hair, style),
    ]
    far_leg = stroke("M-30 -110L4 -92L-24 -54h12", "#0d2236", 13)
    return group(far_leg, bicycle(0, 0, 1, frame), *rider, x=x, y=y, scale=size, flip=flip)


def sheet(
    x: float,
    y: float,
    w: float = 60,
    h: float = 40,
    colour: str = PAPER,
    lines: int = 3,
    ink: str = RIVER,
    turn: float = 0,
) -> str:
    rows = "".join(
        line(
            x + w * 0.15,
            y + h * (i + 1) / (lines + 1),
            x + w * (0.85 if i % 2 == 0 else 0.6),
            y + h * (i + 1) / (lines + 1),
            ink,
            2.5,
        )
        for i in range(lines)
    )
    return f'<g transform="rotate({turn} {x + w / 2} {y + h / 2})">{rect(x, y, w, h, colour, 2)}{rows}</g>'
