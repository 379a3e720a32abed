"""A real browser: each page is watched for script errors and for requests to another host, and can be given to axe."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from tests.support import chromium

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},  # only colours differ
}
WIDTHS = (320, 1280)
TIMEOUT = 30_000  # milliseconds; a busy machine is no fault
QUIET = (
    *(
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--renderer-process-limit=1",  # a process for each page costs more than the page
        "--in-process-gpu",
    ),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LEAVING = """
const leave = () => document.documentElement.toggleAttribute("data-leaving", true);
addEventListener("submit", event => event.defaultPrevented || leave());
addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  const isHere = link?.href.split("#")[0] === location.href.split("#")[0] && link?.hash;
  if (link && !isHere && !link.hasAttribute("download") && !link.target && !event.defaultPrevented) leave();
});
"""
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


def arrive(page: Page) -> None:
    """Wait until the page that a click leads to has come."""
    expect(page.locator("html[data-leaving]")).to_have_count(0)
    page.wait_for_load_state()


def _and_arrive(click: Callable[..., None]) -> Callable[..., None]:
    """A click that returns on the next page: on a busy machine Playwright's own may return before the browser left."""

    @functools.wraps(click)
    def wrapped(where: Page | Locator, *args: Any, **options: Any) -> None:
        page = where if isinstance(where, Page) else where.page
        click(where, *args, **options)
        arrive(page)

    return wrapped


Page.click = _and_arrive(Page.click)  # type: ignore[method-assign]
Locator.click = _and_arrive(Locator.click)  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser per process of the run."""
    path = chromium.find()
    assert path, "no Chromium or Chrome was found: `make test` installs or names one"
    expect.set_options(timeout=TIMEOUT)
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
        context.set_default_timeout(TIMEOUT)
        context.add_init_script(LEAVING)
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
    arrive(page)
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
