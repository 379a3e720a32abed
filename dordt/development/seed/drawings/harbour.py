"""What lies at the quay."""

from dordt.development.seed.drawings.svg import BRICK, CLAY, INK, PAPER, RUST, SAND, group, line, path, rect, stroke


def quay(y: float, colour: str = SAND, edge: str = CLAY, wall: str = RUST, high: float = 44) -> str:
    stones = "".join(rect(20 + i * 74 - (i % 2) * 8, y + 22 + (i % 2) * 12, 34, 5, edge, 2) for i in range(17))
    return rect(0, y, 1200, 14, colour) + rect(0, y + 14, 1200, high, wall) + stones


def sailboat(x: float, y: float, size: float = 1, hull: str = INK, sail: str = PAPER, stripe: str = BRICK) -> str:
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
