"""The post as staff see it: a newsletter that is followed while it leaves, and the pages around it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import have_approved, send_newsletter, sign_in, write_newsletter
from tests.support.browser import violations
from tests.support.live_site import LiveSite


def test_a_newsletter_is_followed_without_asking_again(page: Page, site: LiveSite):
    sign_in(page, site)
    write_newsletter(page, site, subject="Een brief om te volgen")
    send_newsletter(page, site)
    page.wait_for_load_state("load")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    bar = page.get_by_role("progressbar")
    last = bar.get_attribute("aria-valuemax") or ""
    expect(bar).to_have_attribute("aria-valuenow", last, timeout=20_000)

    assert int(last) > 10
    assert loads == []
    expect(page.locator("[data-live-said]")).to_have_attribute("role", "status")
    assert violations(page) == []


def test_who_stands_on_a_link_of_the_progress_stays_there(page: Page, site: LiveSite):
    sign_in(page, site)
    write_newsletter(page, site, subject="Een brief met een link")
    send_newsletter(page, site)
    as_it_was = page.content()
    page.route("**/voortgang/", lambda route: route.fulfill(body=as_it_was, content_type="text/html"))

    link = page.locator("[data-live=progress] a").first
    link.focus()
    link.evaluate("link => { link.dataset.isOld = 'yes' }")
    expect(link).not_to_have_attribute("data-is-old", "yes")

    expect(link).to_be_focused()


def test_blocking_an_address_and_releasing_it(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/post/geblokkeerd/nieuw/")
    page.get_by_role("button", name="Adres blokkeren").click()
    expect(page.locator(".error-summary__title")).to_be_focused()
    found = violations(page)

    page.get_by_label("E-mailadres of domein").fill("@blokkeer.voorbeeld.nl")
    page.get_by_label("Alle e-mail").check()
    page.get_by_label("Waarom?").fill("De school is gesloten")
    page.get_by_role("button", name="Adres blokkeren").click()
    page.get_by_role("link", name="@blokkeer.voorbeeld.nl").click()
    found += violations(page)
    page.get_by_role("button", name="Vrijgeven").click()

    expect(page.locator("main")).to_contain_text("Vrijgegeven.")
    expect(page.get_by_role("link", name="@blokkeer.voorbeeld.nl")).to_have_count(0)
    assert found == []


@pytest.mark.parametrize(
    "path", ["/beheer/post/", "/beheer/post/binnengekomen/", "/beheer/post/nieuwsbrief/2/opnieuw/?status=uncertain"]
)
def test_the_pages_about_mail_are_open_to_everybody(new_page: Callable[..., Page], site: LiveSite, path: str):
    page = new_page()
    sign_in(page, site)

    page.goto(site.url + path)

    assert violations(page) == []


def test_a_newsletter_is_planned_and_the_plan_withdrawn_without_scripts(new_page: Callable[..., Page], site: LiveSite):
    page, with_scripts = new_page(java_script_enabled=False), new_page()
    sign_in(page, site)
    write_newsletter(page, site, subject="Een brief voor later")
    page.get_by_role("link", name="Controleren en versturen").click()
    have_approved(page, site)
    page.get_by_label("Begin met versturen op").fill("2020-03-01T09:00")
    page.get_by_label("Begin niet later dan").select_option(label="4 uur later")
    page.get_by_role("button", name="Plan voor").click()
    expect(page.get_by_role("link", name="Dit moment is al voorbij.")).to_be_visible()
    expect(page.get_by_label("Begin met versturen op")).to_have_value("2020-03-01T09:00")
    expect(page.get_by_label("Begin niet later dan")).to_have_value("4")
    sign_in(with_scripts, site)
    with_scripts.goto(page.url.replace("plannen", "versturen"))
    with_scripts.get_by_role("button", name="Plan voor").click()
    expect(with_scripts.locator(".error-summary__title")).to_be_focused()
    found = violations(with_scripts)

    page.get_by_label("Begin met versturen op").fill("2090-03-01T09:00")
    page.get_by_role("button", name="Plan voor").click()
    expect(page.locator("main")).to_contain_text("Gepland voor woensdag 1 maart 2090 om 09.00 uur")
    for address in (page.url, f"{page.url}versturen/", f"{site.url}/beheer/nieuwsbrieven/"):
        with_scripts.goto(address)
        found += violations(with_scripts)
    page.get_by_role("button", name="Planning intrekken").click()

    expect(page.locator("main")).to_contain_text("De planning is ingetrokken.")
    expect(page.locator("main")).not_to_contain_text("Gepland voor")
    assert found == []
