"""What people do on the site, in their words."""

import time
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.support.live_site import LiveSite


def sign_in(page: Page, site: LiveSite, role: str = "beheerder") -> None:
    """A member of staff signs in and lands on the start page."""
    email, password = site.login(role)
    page.goto(f"{site.url}/beheer/")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    expect(page).to_have_url(f"{site.url}/beheer/")


def open_mail(page: Page, site: LiveSite, to: str, subject: str) -> None:
    """Look in the mailbox until a mail for this address is there, and open the newest."""
    page.goto(f"{site.url}/postvak/?zoek={quote(to)}")
    wanted = page.locator("main tbody a", has_text=subject)
    deadline = time.monotonic() + 60
    while not wanted.count() and time.monotonic() < deadline:
        page.wait_for_timeout(250)
        page.reload()
    wanted.first.click()
    expect(page.locator("h1")).to_contain_text(subject, ignore_case=True)


def follow_link(page: Page, part: str) -> None:
    """Click the first link of the opened mail that contains `part`."""
    page.locator(f"main li a[href*='{part}']").first.click()


def write_message(page: Page, site: LiveSite, *, name: str, email: str, text: str) -> str:
    """A resident writes to the wijkteam; returns the reference that the thanks page shows."""
    page.goto(f"{site.url}/contact/")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.select_option("[name=neighbourhood]", "sterrenburg")
    page.select_option("[name=topic]", index=1)
    page.fill("[name=message]", text)
    page.click("main button[type=submit]")
    expect(page).to_have_url(f"{site.url}/contact/verzonden/")
    return page.locator("main").inner_text()


def join_workgroup(page: Page, site: LiveSite, *, name: str, email: str) -> None:
    """A resident joins the work group of the Sterrenburgpark and confirms it by mail."""
    page.goto(f"{site.url}/werkgroepen/sterrenburgpark/aanmelden/")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.select_option("[name=neighbourhood]", "sterrenburg")
    page.fill("[name=motivation]", "Ik woon naast het park en klim graag in bomen.")
    page.click("main button[type=submit]")
    expect(page).to_have_url(f"{site.url}/werkgroepen/sterrenburgpark/controleer-uw-mail/")
    open_mail(page, site, email, "Maak uw aanmelding voor de")
    follow_link(page, "/werkgroepen/bevestigen/")
    page.click("main button[type=submit]")


def subscribe(page: Page, site: LiveSite, *, email: str) -> None:
    """A resident asks for the newsletter and confirms it by mail."""
    page.goto(f"{site.url}/nieuwsbrief/")
    page.fill("[name=email]", email)
    page.check("[name=consent]")
    page.click("main button[type=submit]")
    expect(page).to_have_url(f"{site.url}/nieuwsbrief/controleer-uw-mail/")
    open_mail(page, site, email, "Klik om uw aanmelding af te maken")
    follow_link(page, "/nieuwsbrief/bevestigen/")
    page.click("main button[type=submit]")
    expect(page.locator("main .notice--ok")).to_be_visible()


def begin_newsletter(page: Page, site: LiveSite, *, subject: str) -> None:
    """An editor begins with an empty newsletter and gives it a subject."""
    page.goto(f"{site.url}/beheer/nieuwsbrieven/nieuw/")
    page.get_by_role("button", name="Begin met een lege nieuwsbrief").click()
    page.get_by_label("Onderwerp", exact=True).fill(subject)


def add_article(page: Page, place: int = 0) -> None:
    """Put an article in, of those that the composer offers."""
    count = page.locator(".block").count()
    page.get_by_role("button", name="Voeg toe: ").nth(place).click()
    expect(page.locator(".block")).to_have_count(count + 1)


def write_newsletter(page: Page, site: LiveSite, *, subject: str) -> None:
    """An editor writes a newsletter with one article in it, and looks at it."""
    begin_newsletter(page, site, subject=subject)
    page.fill("[name=preheader]", "En drie andere berichten uit uw buurt.")
    page.get_by_role("button", name="Inleiding", exact=True).click()
    page.get_by_label("Tekst", exact=True).fill("Beste lezer,\n\nDe **speelplek** is klaar. Kom kijken.")
    add_article(page)
    page.get_by_role("button", name="Bewaar en bekijk").click()
    expect(page.locator("h1")).to_contain_text(subject)


def send_newsletter(page: Page, site: LiveSite) -> None:
    """From the page of a newsletter: check, have it approved, send."""
    page.get_by_role("link", name="Controleren en versturen").click()
    have_approved(page, site)
    page.get_by_role("button", name="Verstuur nu").click()
    expect(page.locator("main")).to_contain_text("De nieuwsbrief wordt verstuurd.")


def have_approved(page: Page, site: LiveSite, role: str = "redacteur") -> None:
    """A colleague approves the newsletter of this page, which shows so then; the editor signed in as somebody else."""
    expect(page.get_by_role("heading", name="3. Is hij goedgekeurd?")).to_be_visible()
    browser = page.context.browser
    assert browser
    colleague = browser.new_page(locale="nl-NL")
    sign_in(colleague, site, role)
    colleague.goto(page.url)
    colleague.get_by_role("button", name="Goedkeuren").click()
    expect(colleague.locator("main")).to_contain_text("De nieuwsbrief is goedgekeurd")
    colleague.close()
    page.reload()


def wait_until_sent(page: Page) -> None:
    """Refresh the page of a newsletter until nothing waits any more."""
    deadline = time.monotonic() + 60
    while page.get_by_role("link", name="Ververs de stand").count() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text("Verslag")
