"""The few SVG elements our pictures are made of, as strings."""

from collections.abc import Iterable

PAPER, SAND = "#f7f3ec", "#eadfcb"
INK, RIVER, WATER, MIST, PALE = "#14304b", "#1f4e79", "#5d88ab", "#b3cad9", "#dce7ec"
RUST, BRICK, CLAY, BLUSH = "#8a3321", "#b5472f", "#d9866a", "#f0cbba"
SKINS = ("#efc4a6", "#c98c69", "#8a5640", "#d9a47f")

Point = tuple[float, float]


def tag(name: str, *children: str, **attributes: object) -> str:
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, **more: object) -> str:
    return tag("rect", x=x, y=y, width=w, height=h, fill=fill, rx=r, **more)


def circle(x: float, y: float, r: float, fill: str, **more: object) -> str:
    return tag("circle", cx=x, cy=y, r=r, fill=fill, **more)


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **more: object) -> str:
    return tag("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill, **more)


def polygon(points: Iterable[Point], fill: str, **more: object) -> str:
    return tag("polygon", points=" ".join(f"{x},{y}" for x, y in points), fill=fill, **more)


def path(d: str, fill: str = "none", **more: object) -> str:
    return tag("path", d=d, fill=fill, **more)


def stroke(d: str, colour: str, width: float = 6, **more: object) -> str:
    return tag(
        "path",
        d=d,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
        **more,
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 6) -> str:
    return stroke(f"M{x1} {y1}L{x2} {y2}", colour, width)


def group(*children: str, x: float = 0, y: float = 0, scale: float = 1, flip: bool = False, **more: object) -> str:
    across = -scale if flip else scale
    return tag("g", *children, transform=f"translate({x} {y}) scale({across} {scale})", **more)


def clipped(name: str, shape: str, *children: str) -> str:
    return tag("clipPath", shape, id=name) + tag("g", *children, clip_path=f"url(#{name})")


def picture(*children: str, sky: str = PAPER) -> str:
    ground = rect(0, 0, 1200, 800, sky)
    return tag(
        "svg", ground, *children, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 1200 800", width=1200, height=800
    )
