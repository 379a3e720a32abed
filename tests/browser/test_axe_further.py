"""axe finds nothing on the pages that one reaches by a step: from a mail, by a fault, or without a right."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    follow_link,
    have_approved,
    join_workgroup,
    open_mail,
    sign_in,
    write_message,
    write_newsletter,
)
from tests.support.browser import violations
from tests.support.live_site import LiveSite

STAFF_FORMS = {  # address: the button that is pressed with nothing filled in
    "/beheer/nieuws/nieuw/": "Bewaar en publiceer",
    "/beheer/medewerkers/nieuw/": "Account maken",
    "/beheer/medewerkers/mijn-wachtwoord/": "Wachtwoord wijzigen",
}
MESSAGE_FORMS = ["Antwoord versturen", "Notitie bewaren", "Status bewaren"]


def test_the_pages_around_a_message(page: Page, site: LiveSite):
    address = "axel.bericht@voorbeeld.nl"
    write_message(page, site, name="Axel Bericht", email=address, text="Er ligt glas op de stoep.")
    found = violations(page)
    open_mail(page, site, address, "Wij hebben uw bericht gekregen")
    found += violations(page)
    follow_link(page, "/bericht/")
    found += violations(page)
    page.get_by_role("button", name="Versturen").click()
    expect(page.locator(".error-summary__title")).to_be_focused()

    assert found + violations(page) == []


def test_the_pages_around_a_membership(page: Page, site: LiveSite):
    address = "axel.groep@voorbeeld.nl"
    page.goto(f"{site.url}/werkgroepen/sterrenburgpark/controleer-uw-mail/")
    found = violations(page)
    join_workgroup(page, site, name="Axel Groep", email=address)
    found += violations(page)
    open_mail(page, site, address, "is binnen")
    follow_link(page, "/werkgroepen/afmelden/")
    found += violations(page)
    page.get_by_role("button", name="Afmelden").click()

    assert found + violations(page) == []


def test_the_pages_around_a_subscription(page: Page, site: LiveSite):
    address = "axel.brief@voorbeeld.nl"
    page.goto(f"{site.url}/nieuwsbrief/")
    page.fill("[name=email]", address)
    page.check("[name=consent]")
    page.get_by_role("button", name="Nieuwsbrief aanvragen").click()
    open_mail(page, site, address, "Klik om uw aanmelding af te maken")
    follow_link(page, "/nieuwsbrief/bevestigen/")
    found = violations(page)
    page.get_by_role("button", name="Ja, ik wil de nieuwsbrief").click()
    found += violations(page)
    page.goto(f"{site.url}/nieuwsbrief/")
    page.fill("[name=email]", address)
    page.check("[name=consent]")
    page.get_by_role("button", name="Nieuwsbrief aanvragen").click()
    open_mail(page, site, address, "U krijgt de nieuwsbrief al")
    follow_link(page, "/nieuwsbrief/afmelden/")
    found += violations(page)
    page.get_by_role("button", name="Afmelden").click()

    assert found + violations(page) == []


@pytest.mark.parametrize("path", STAFF_FORMS)
def test_a_form_of_staff_in_error(page: Page, site: LiveSite, path: str):
    sign_in(page, site)
    page.goto(site.url + path)

    page.get_by_role("button", name=STAFF_FORMS[path]).click()

    expect(page.locator(".error-summary__title")).to_be_focused()
    assert violations(page) == []


def test_the_forms_beside_a_message_in_error(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/berichten/")
    page.locator("main .inbox__who").first.click()
    here = page.url

    found = []
    for button in MESSAGE_FORMS:
        page.goto(here)
        page.get_by_role("button", name=button).click()
        expect(page.locator(".error-summary__title")).to_be_focused()
        found += violations(page)

    assert found == []


def test_a_decision_in_error(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/werkgroepen/aanmeldingen/?status=requested")
    page.locator("main .inbox__who").first.click()

    page.get_by_role("button", name="Besluit bewaren en mailen").click()

    expect(page.locator(".error-summary__title")).to_be_focused()
    assert violations(page) == []


def test_a_newsletter_from_draft_to_approval(page: Page, site: LiveSite):
    sign_in(page, site)
    write_newsletter(page, site, subject="Een brief die blijft liggen")
    found = violations(page)
    page.get_by_role("link", name="Controleren en versturen").click()
    found += violations(page)
    have_approved(page, site)

    assert found + violations(page) == []


def test_the_reports_of_newsletters_and_of_the_list(page: Page, site: LiveSite):
    sign_in(page, site)

    found = []
    for path in ("2/verslag/", "2/verslag/opmerkingen/", "verslag/", "verslag/?periode=half-jaar"):
        page.goto(f"{site.url}/beheer/nieuwsbrieven/{path}")
        found += violations(page)

    assert found == []


def test_the_report_of_a_newsletter_is_reached_from_the_list(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/nieuwsbrieven/")

    page.get_by_role("link", name="Verslag van nieuwsbrief 2").click()

    expect(page.locator("h1")).to_have_text("Verslag van nieuwsbrief 2")


def test_the_pages_that_say_no(new_page: Callable[..., Page], site: LiveSite):
    page = new_page()
    sign_in(page, site, "lezer")

    found = []
    for path, status in {
        "/beheer/medewerkers/": 403,
        "/beheer/bestaat-niet/": 404,
        "/nieuws/bestaat-niet/": 404,
        "/nieuwsbrief/bevestigen/verkeerd/": 410,
        "/werkgroepen/afmelden/verkeerd/": 410,
        "/bericht/verkeerd/": 410,
    }.items():
        answer = page.goto(site.url + path)
        assert answer
        assert answer.status == status, path
        found += violations(page)

    assert found == []


def test_the_page_for_who_tries_too_many_passwords(page: Page, site: LiveSite):
    page.goto(f"{site.url}/beheer/inloggen/")
    for _ in range(12):
        page.fill("[name=email]", "raadt.maar@voorbeeld.nl")
        page.fill("[name=password]", "geraden")
        page.click("main button[type=submit]")
        if not page.locator("[name=password]").count():
            break

    expect(page.locator("h1")).not_to_have_text("Inloggen")
    assert violations(page) == []
