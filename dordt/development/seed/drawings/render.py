"""Draws the demo pictures: python render.py [name …] (needs Pillow and a headless Chromium)."""

import subprocess
import sys
import tempfile
from pathlib import Path

import scenes
from PIL import Image

IMAGES = Path(__file__).parent.parent / "images"
BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,1000")


def render(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder, "page.html"), Path(folder, "shot.png")
        page.write_text(
            f"<!doctype html><meta charset=utf-8><body style='margin:0'>{scenes.SCENES[name]()}", encoding="utf-8"
        )
        subprocess.run([*BROWSER, f"--screenshot={shot}", page.as_uri()], check=True, capture_output=True)  # noqa: S603
        drawn = Image.open(shot).convert("RGB").crop((0, 0, 1200, 800))
    drawn.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        IMAGES / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or scenes.SCENES:
        render(wanted)
