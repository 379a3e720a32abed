"""Make the pictures of docs/screens/ again: `python -m tests.browser.screens`."""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.steps import sign_in
from tests.support import chromium
from tests.support.browser import QUIET
from tests.support.live_site import LiveSite, start_site, stop_site

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
MOST_BYTES = 300_000
ARTICLE = "/nieuws/sterrenburgpark-van-ideeen-naar-park/"
PICTURES = {  # file name without its width: address
    "home": "/",
    "article": ARTICLE,
    "contact-error": "/contact/",
    "workgroup": "/werkgroepen/sterrenburgpark/",
    "newsletter-signup": "/nieuwsbrief/",
    "admin-start": "/beheer/",
    "inbox": "/beheer/berichten/",
    "composer": "/beheer/nieuwsbrieven/3/bewerken/",
    "newsletter-report": "/beheer/nieuwsbrieven/2/verslag/",
    "newsletter-mail": "/beheer/nieuwsbrieven/3/html/",
}


def main() -> None:
    """Start the site with its demo content, look at each page, stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as site, _browser() as browser:
        page = browser.new_page(locale="nl-NL", viewport={"width": 1280, "height": 900})
        for name, path in PICTURES.items():
            _picture(page, site, path, f"{name}-1280")
        page.set_viewport_size({"width": 320, "height": 640})
        page.emulate_media(color_scheme="dark")
        _picture(page, site, PICTURES["newsletter-mail"], "newsletter-mail-dark-320")
        page.emulate_media(color_scheme="light")
        _picture(page, site, "/", "home-320")


def _picture(page: Page, site: LiveSite, path: str, name: str) -> None:
    if path == "/beheer/":
        sign_in(page, site)
    page.goto(site.url + path)
    if "error" in name:
        page.get_by_role("button", name="Bericht versturen").click()
        page.wait_for_url(site.url + path)
    if "mail" not in name:  # in the document of a mail no script may do anything
        page.evaluate("document.querySelectorAll('img[loading]').forEach(image => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    size = _save(page.screenshot(full_page=True), FOLDER / f"{name}.png")
    sys.stdout.write(f"{name}.png {size // 1000} kB\n")


def _save(picture: bytes, path: Path) -> int:
    """As few colours as keep the file small and the drawing whole."""
    for colours in (256, 128, 64, 32):
        drawn = Image.open(io.BytesIO(picture)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        drawn.save(path, optimize=True)
        if path.stat().st_size < MOST_BYTES:
            break
    return path.stat().st_size


@contextmanager
def _site(folder: Path) -> Iterator[LiveSite]:
    site = start_site(folder)
    try:
        yield site
    finally:
        stop_site(site)


@contextmanager
def _browser() -> Iterator[Browser]:
    """In Dutch, so that its own words on a page are too."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium.find(),
            args=[*QUIET, "--lang=nl"],
            env={**os.environ, "LANGUAGE": "nl"},
            chromium_sandbox=False,
        )


if __name__ == "__main__":
    main()
