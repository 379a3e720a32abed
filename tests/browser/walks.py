"""The pages that a browser test walks over: those of the sitemap, of the staff, and behind the links of mails."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.steps import join_workgroup, subscribe, write_message
from tests.support.live_site import LINK, LiveSite

MOST_STAFF_PAGES = 80
TOKEN = re.compile(r"/[^/]{30,}/")


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
        waiting += [link for link in links if "?" not in link and not is_file(link) and not link.endswith("/html/")]


def is_file(path: str) -> bool:
    """Whether a browser saves what stands there instead of showing it."""
    return "bestand" in path or "." in path.rpartition("/")[2]


def private_pages(page: Page, site: LiveSite, email: str) -> list[str]:
    """What a resident with this address reaches from our mails: after writing, joining a group and subscribing."""
    write_message(page, site, name="Noor van den Berg", email=email, text=f"Antwoord mij op {email}, graag.")
    join_workgroup(page, site, name="Noor van den Berg", email=email)
    subscribe(page, site, email=email)
    site.wait_for_mail(email, "nieuwsbrief")
    bodies = [mail.get_body(("plain",)) for mail in site.mails(email)]
    waiting = [link for body in bodies if body for link in LINK.findall(body.get_content())]
    found: dict[str, str] = {}
    while waiting:
        path = urlsplit(waiting.pop(0)).path
        kind = TOKEN.sub("/", path)
        if kind == path or kind in found or is_file(path):
            continue
        found[kind] = path
        page.goto(site.url + path)
        waiting += page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
    return list(found.values())
