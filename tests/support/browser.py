"""A real browser: each page is watched for script errors and for requests to another host, and can be given to axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.support import chromium

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},  # only colours differ
}
WIDTHS = (320, 1280)
QUIET = (
    *(
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
EXPECTED = "Failed to load resource: the server responded with a status of 4"  # a form in error answers 422


@dataclass
class Watch:
    """What went wrong on the pages of one browser context."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.errors.append(f"{message.text} at {message.location.get('url')}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            self.strangers.append(request.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser per process of the run."""
    path = chromium.find()
    assert path, "no Chromium or Chrome was found: `make test` installs or names one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET, chromium_sandbox=False)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each for a visitor with cookies of their own; afterwards none may have seen an error."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "nl-NL", "viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        watch = Watch()
        context.on("page", watch.follow)
        opened.append((context, watch))
        return context.new_page()

    yield open_page
    for context, _watch in opened:
        context.close()
    assert [error for _, watch in opened for error in watch.errors] == []
    assert [url for _, watch in opened for url in watch.strangers] == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a visitor with a wide screen."""
    return new_page()


def violations(page: Page) -> list[str]:
    """What axe has against the page as it stands now: narrow and wide, and its colours by dark as well."""
    page.evaluate(AXE.read_text())
    found = [fault for scheme in SCHEMES for width in WIDTHS for fault in _look(page, scheme, width)]
    page.emulate_media(color_scheme="light")
    return found


def _look(page: Page, scheme: Literal["light", "dark"], width: int) -> Iterator[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour halfway to another
    page.set_viewport_size({"width": width, "height": 900})
    options = {"runOnly": SCHEMES[scheme], "iframes": False, "resultTypes": ["violations"]}  # the rest is not gathered
    answer = page.evaluate("options => axe.run(document, options)", options)
    yield from (f"{width}px {scheme} {page.url} {_told(violation)}" for violation in answer["violations"])
    if _scrolls_sideways(page):
        yield f"{width}px {scheme} {page.url} scrolls sideways"


def _scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']} ({len(violation['nodes'])} times: {places})"
