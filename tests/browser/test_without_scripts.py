"""Nothing needs JavaScript: not for residents, not for staff."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    join_workgroup,
    open_mail,
    send_newsletter,
    sign_in,
    subscribe,
    wait_until_sent,
    write_message,
    write_newsletter,
)
from tests.support.live_site import LiveSite


@pytest.fixture
def plain_page(new_page: Callable[..., Page]) -> Page:
    """A page of a visitor whose browser runs no scripts."""
    return new_page(java_script_enabled=False)


def test_a_form_in_error_keeps_what_was_typed(plain_page: Page, site: LiveSite):
    plain_page.goto(f"{site.url}/contact/")
    plain_page.fill("[name=name]", "Ans Zonder")

    plain_page.get_by_role("button", name="Bericht versturen").click()

    expect(plain_page).to_have_title(re.compile("^Fout: "))
    expect(plain_page.locator(".error-summary")).to_be_visible()
    expect(plain_page.locator("[name=name]")).to_have_value("Ans Zonder")


def test_a_resident_writes_joins_and_subscribes(plain_page: Page, site: LiveSite):
    address = "ans.zonder@voorbeeld.nl"

    write_message(plain_page, site, name="Ans Zonder", email=address, text="Mag ik een geveltuin?")
    join_workgroup(plain_page, site, name="Ans Zonder", email=address)
    subscribe(plain_page, site, email=address)

    site.wait_for_mail(address, "is binnen")


def test_staff_sign_in_and_answer(plain_page: Page, site: LiveSite):
    address = "nel.zonder@voorbeeld.nl"
    write_message(plain_page, site, name="Nel Zonder", email=address, text="De klok in de straat loopt achter.")

    sign_in(plain_page, site, "wijkmedewerker")
    plain_page.goto(f"{site.url}/beheer/berichten/")
    plain_page.get_by_role("link", name="Nel Zonder").click()
    plain_page.locator("[name=answer]").fill("De klok loopt weer gelijk.")
    plain_page.locator("[name=answer_outcome]").select_option(label="Gedaan")
    plain_page.get_by_role("button", name="Antwoord versturen").click()

    expect(plain_page.locator(".thread")).to_contain_text("De klok loopt weer gelijk.")
    open_mail(plain_page, site, address, "Ons antwoord op uw bericht")


def test_an_article_is_looked_at_before_it_is_kept(plain_page: Page, site: LiveSite):
    sign_in(plain_page, site, "redacteur")
    plain_page.goto(f"{site.url}/beheer/nieuws/nieuw/")
    plain_page.get_by_label("Titel", exact=True).fill("Zonder scripts geschreven")
    plain_page.get_by_label("Tekst", exact=True).fill("## Een tussenkop")

    plain_page.get_by_role("button", name="Toon voorbeeld").click()

    preview = plain_page.get_by_role("region", name="Voorbeeld")
    expect(preview.get_by_role("heading", name="Een tussenkop")).to_be_visible()


def test_a_newsletter_is_written_and_sent(plain_page: Page, site: LiveSite):
    sign_in(plain_page, site)

    write_newsletter(plain_page, site, subject="Een brief zonder scripts")
    send_newsletter(plain_page, site)
    wait_until_sent(plain_page)

    received = [mail["X-Original-To"] for mail in site.mails(subject="Een brief zonder scripts")]
    assert len(received) == len(set(received)) > 1
