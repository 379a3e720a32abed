"""Pictures of a newsletter with every kind of block: `python -m tests.browser.mails FOLDER`.

Narrow and wide, by light and by dark, and with its pictures blocked.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dordt.newsletters.content.rendering import draft_of
from tests.factories.whole_newsletter import make_whole_newsletter
from tests.support import chromium
from tests.support.browser import QUIET
from tests.support.databases import build_app, migrated

WIDTHS = (360, 700)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Write the newsletter in an empty installation, look at it in each way, and leave nothing but the pictures."""
    folder = Path(_asked())
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data_dir, _browser() as browser:
        app = build_app(Path(data_dir))
        migrated(app)
        with app.app_context():
            html = draft_of(make_whole_newsletter()).html
        for width, scheme, has_pictures in product(WIDTHS, SCHEMES, (True, False)):
            name = f"newsletter-{width}-{scheme}{'' if has_pictures else '-blocked'}.png"
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.route("**/*", answers(app if has_pictures else None))
            _show(page, html)
            page.screenshot(path=folder / name, full_page=True)
            page.close()
            sys.stdout.write(f"{folder / name}\n")


def answers(app: Flask | None) -> Any:
    """The pictures come from the application itself; without one they are blocked."""

    def answer(route: Route) -> None:
        if app is None:
            route.abort()
            return
        found = app.test_client().get(urlsplit(route.request.url).path)
        route.fulfill(status=found.status_code, body=found.data, content_type=found.mimetype)

    return answer


def _show(page: Page, html: str) -> None:
    page.set_content(html, wait_until="networkidle")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        sys.stdout.write("It scrolls sideways:\n")


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium.find(), args=QUIET, chromium_sandbox=False)


def _asked() -> str:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.mails", description=__doc__)
    parser.add_argument("folder", help="where the pictures go")
    folder: str = parser.parse_args().folder
    return folder


if __name__ == "__main__":
    main()
