"""The pages that a browser test walks over: every page of the sitemap, and one staff page of each kind."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.support.live_site import LiveSite

MOST_STAFF_PAGES = 40


def sitemap(page: Page, site: LiveSite) -> list[str]:
    body = page.request.get(f"{site.url}/sitemap.xml").text()
    return [urlsplit(address).path for address in re.findall(r"<loc>(.*?)</loc>", body)]


def staff_pages(page: Page, site: LiveSite) -> Iterator[str]:
    """From the start page along every link under /beheer/, one page of each kind."""
    waiting, seen = ["/beheer/"], set()
    while waiting and len(seen) < MOST_STAFF_PAGES:
        path = waiting.pop(0)
        kind = re.sub(r"\d+", "1", path)
        if kind in seen:
            continue
        seen.add(kind)
        yield path
        links = page.eval_on_selector_all(
            "a[href^='/beheer/']", "links => links.map(link => link.getAttribute('href'))"
        )
        waiting += [link for link in links if "?" not in link and "bestand" not in link and not link.endswith("/html/")]
