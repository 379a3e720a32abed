"""Every pair of colours that meets on a page can be read, in the light and in the dark scheme."""

import re
from pathlib import Path

import pytest

TOKENS = Path("dordt/frontend/css/tokens.css").read_text()
TEXT, LARGE_OR_GRAPHIC = 4.5, 3.0
HUES = ("blauw", "grijs", "rood", "oranje", "geel", "groen")

Pair = tuple[str, str, float]


def _hue(name: str, step: int) -> str:
    return f"--voorbeeld-kleuren-{name}-{step}"


SURFACES = ("--dordt-surface", "--dordt-ground", "--dordt-ground-deep")
PAIRS: list[Pair] = [
    *[(_hue("grijs", 700), ground, TEXT) for ground in SURFACES],
    *[(_hue("grijs", 500), ground, TEXT) for ground in SURFACES],
    *[(_hue("blauw", 500), ground, TEXT) for ground in SURFACES],
    *[(_hue("blauw", 600), ground, TEXT) for ground in SURFACES],
    *[(_hue("rood", 500), ground, TEXT) for ground in SURFACES],
    *[("--dordt-baksteen-400", ground, TEXT) for ground in SURFACES],
    *[("--dordt-focus", ground, LARGE_OR_GRAPHIC) for ground in SURFACES],
    *[(_hue("grijs", 400), ground, LARGE_OR_GRAPHIC) for ground in SURFACES],
    *[(_hue(hue, 600), _hue(hue, 100), TEXT) for hue in HUES],
    *[(_hue(hue, 700), _hue(hue, 100), TEXT) for hue in HUES],
    *[("--voorbeeld-kleuren-wit", _hue("blauw", step), TEXT) for step in (500, 600)],
    *[("--voorbeeld-kleuren-wit", _hue("rood", step), TEXT) for step in (500, 600)],
    ("--voorbeeld-kleuren-wit", "--dordt-baksteen-400", TEXT),
    *[(name, ground, TEXT) for name in ("--dordt-on-header", "--dordt-on-header-soft")
      for ground in ("--dordt-header", "--dordt-header-deep")],
    ("--dordt-header-accent", "--dordt-header", LARGE_OR_GRAPHIC),
    ("--dordt-focus-on-header", "--dordt-header", LARGE_OR_GRAPHIC),
]  # fmt: skip


def _values(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", css))


LIGHT = _values(TOKENS.split("@media")[0])
DARK = LIGHT | _values(TOKENS.split("@media")[1])


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=lambda value: str(value).removeprefix("--"))
def test_a_pair_of_colours_can_be_read(scheme: dict[str, str], front: str, ground: str, least: float) -> None:
    contrast = _contrast(scheme[front], scheme[ground])

    assert contrast >= least, f"{front} on {ground}: {contrast:.2f}"


def test_the_focus_ring_of_an_error_summary_can_be_seen() -> None:
    rings = [_contrast(scheme["--dordt-focus"], scheme[_hue("rood", 100)]) for scheme in (LIGHT, DARK)]

    assert min(rings) >= LARGE_OR_GRAPHIC


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
