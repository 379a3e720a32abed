"""Draws the demo pictures anew with a headless Chromium: python -m dordt.development.seed.drawings.render [name …]."""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
IMAGES = HERE.parent / "images"
BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,1000")


def names() -> list[str]:
    return sorted(file.stem for file in (HERE / "pictures").glob("[!_]*.py"))


def render(name: str) -> None:
    drawing = import_module(f"dordt.development.seed.drawings.pictures.{name}").draw()
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder, "page.html"), Path(folder, "shot.png")
        page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{drawing}", encoding="utf-8")
        subprocess.run([*BROWSER, f"--screenshot={shot}", page.as_uri()], check=True, capture_output=True)
        drawn = Image.open(shot).convert("RGB").crop((0, 0, 1200, 800))
    few = drawn.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name.replace('_', '-')}.png", optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or names():
        render(wanted)
