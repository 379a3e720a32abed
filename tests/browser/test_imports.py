"""Bringing a list of subscribers in and out again, with and without scripts, seen by axe on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import sign_in
from tests.support.browser import violations
from tests.support.live_site import LiveSite

SECTION = "/beheer/abonnees/importeren/"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [f"lijst{number}@voorbeeld.nl;Sterrenburg" for number in range(3000)]
    path = tmp_path / "wijkfeest.csv"
    path.write_text("\r\n".join(("E-mailadres;Wijk", *rows, "geen adres;")), encoding="cp1252")
    return path


def choose(page: Page, site: LiveSite, file: Path) -> None:
    page.goto(site.url + SECTION)
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Bestand bekijken").click()


def start(page: Page) -> None:
    page.fill("[name=source]", "Wijkfeest 2026")
    page.fill("[name=given_on]", "2026-03-09")
    page.get_by_role("button", name="Importeren starten").click()


def undo(page: Page) -> None:
    page.locator("summary", has_text="Deze import ongedaan maken").click()
    page.get_by_role("button", name="Ja, maak de import ongedaan").click()
    expect(page.get_by_text("Ongedaan gemaakt op")).to_be_visible(timeout=20_000)


def test_a_list_is_looked_at_imported_before_ones_eyes_and_undone(page: Page, site: LiveSite, file: Path):
    sign_in(page, site)
    page.goto(site.url + SECTION)
    page.get_by_role("button", name="Bestand bekijken").click()
    found = violations(page)
    choose(page, site, file)
    found += violations(page)
    page.get_by_role("button", name="Importeren starten").click()
    expect(page.locator(".error-summary__title")).to_be_focused()
    found += violations(page)

    start(page)
    expect(page.locator("[data-live=state]")).to_have_text("Klaar", timeout=30_000)
    found += violations(page)
    page.get_by_role("link", name="Bekijk welke regel geweigerd is en waarom").click()
    expect(page.get_by_role("cell", name="3002")).to_be_visible()
    found += violations(page)
    page.go_back()
    undo(page)

    assert found + violations(page) == []


def test_it_works_without_scripts(new_page: Callable[..., Page], site: LiveSite, file: Path):
    page = new_page(java_script_enabled=False)
    sign_in(page, site)
    choose(page, site, file)
    start(page)

    for _look in range(60):
        if page.locator("[data-live=state]").inner_text().strip() == "Klaar":
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Ververs de stand").click()

    expect(page.get_by_text("3.001 van de 3.001 regels zijn verwerkt.")).to_be_visible()
    undo(page)


def test_the_other_pages_about_subscribers(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/abonnees/")
    page.locator("summary", has_text="Download de lijst").click()
    found = violations(page)
    page.locator("main .inbox__who").first.click()
    found += violations(page)
    page.get_by_role("link", name="Bewijs printen of downloaden").click()
    found += violations(page)
    page.goto(f"{site.url}/beheer/abonnees/nieuw/")
    page.get_by_role("button", name="Abonnee invoeren").click()
    expect(page.locator(".error-summary__title")).to_be_focused()

    assert found + violations(page) == []
