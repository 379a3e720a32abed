"""Two thousand characters of an answer: whatever comes in between, they are there still, and nothing left unasked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.steps import follow_link, open_mail, sign_in, write_message
from tests.support.browser import violations
from tests.support.live_site import LiveSite

NewPage = Callable[..., Page]
TEXT = ("Wij kijken ernaar en komen langs. " * 60)[:2000].strip()


def answering(page: Page, site: LiveSite, name: str, role: str = "beheerder") -> None:
    """A member of staff has typed an answer to this resident."""
    sign_in(page, site, role)
    page.goto(f"{site.url}/beheer/berichten/?volgorde=")
    page.get_by_role("link", name=name).first.click()
    page.locator("[name=answer]").fill(TEXT)
    page.locator("[name=answer_outcome]").select_option(label="Gedaan")


def sign_in_again(page: Page, site: LiveSite, role: str = "beheerder") -> None:
    email, password = site.login(role)
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Inloggen").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_an_answer_outlives_the_session_a_colleague_and_the_resident(new_page: NewPage, site: LiveSite, scripts: bool):
    resident, colleague, staff = new_page(), new_page(), new_page(java_script_enabled=scripts)
    name, address = f"Lies Lang{scripts}", f"lies.lang.{scripts}@voorbeeld.nl".lower()
    write_message(resident, site, name=name, email=address, text="De brug kraakt.")
    open_mail(resident, site, address, "Wij hebben uw bericht gekregen")
    follow_link(resident, "/bericht/")

    answering(staff, site, name)
    staff.get_by_role("button", name="Ik pak dit op").click()
    expect(staff.locator("[name=answer]")).to_have_value(TEXT)
    expect(staff.get_by_text("Uw concept van")).to_be_visible()
    found = violations(staff) if scripts else []

    staff.context.clear_cookies()
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.get_by_text("Wat u schreef, is niet weg.")).to_be_visible()
    found += violations(staff) if scripts else []
    sign_in_again(staff, site)
    expect(staff.locator("[name=answer]")).to_have_value(TEXT)
    expect(staff.locator(".error-summary")).to_contain_text("U bent weer ingelogd.")
    found += violations(staff) if scripts else []

    resident.locator("textarea").fill("Het is nu erger.")
    resident.get_by_role("button", name="Versturen").click()
    expect(resident.locator(".thread")).to_contain_text("Het is nu erger.")
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.locator(".thread")).to_contain_text("Het is nu erger.")
    expect(staff.locator("[name=answer]")).to_have_value(TEXT)

    sign_in(colleague, site, "wijkmedewerker")
    colleague.goto(re.sub(r"antwoord/.*", "", staff.url))
    colleague.locator("[name=answer]").fill("De brug is dinsdag gemaakt.")
    colleague.locator("[name=answer_outcome]").select_option(label="Gedaan")
    colleague.get_by_role("button", name="Antwoord versturen").click()
    expect(colleague.locator(".title-row")).to_contain_text("Beantwoord")
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.get_by_role("heading", name="Uw tekst is niet verstuurd")).to_be_visible()
    expect(staff.locator("main")).to_contain_text(TEXT)
    found += violations(staff) if scripts else []

    site.wait_for_mail(address, "Ons antwoord op uw bericht")
    assert [mail for mail in site.mails(address) if TEXT[:30] in str(mail.get_body(("plain",)))] == []
    assert len(site.mails(address, "Ons antwoord op uw bericht")) == 1
    assert found == []


def test_leaving_asks_while_a_text_stands_nowhere_else(new_page: NewPage, site: LiveSite):
    resident, staff = new_page(), new_page()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    for each in (resident, staff):
        each.on("dialog", stay)
    resident.goto(f"{site.url}/contact/")
    resident.goto(f"{site.url}/nieuws/")
    assert asked == []
    resident.goto(f"{site.url}/contact/")
    resident.locator("[name=message]").press_sequentially("Half")
    with resident.expect_event("dialog"):
        resident.evaluate("location.href = '/nieuws/'")
    assert asked == ["beforeunload"]
    expect(resident.locator("[name=message]")).to_have_value("Half")

    write_message(new_page(), site, name="Kees Kept", email="kees.kept@voorbeeld.nl", text="De heg.")
    sign_in(staff, site)
    staff.goto(f"{site.url}/beheer/berichten/")
    staff.get_by_role("link", name="Kees Kept").first.click()
    staff.locator("[name=note]").press_sequentially("Bellen")
    expect(staff.get_by_text("Nog niet bewaard")).to_be_visible()
    expect(staff.locator(".draft-state")).to_contain_text("Concept bewaard om")
    found = violations(staff)
    staff.get_by_role("link", name="Nieuws", exact=True).first.click()
    expect(staff).to_have_url(f"{site.url}/beheer/nieuws/")
    staff.go_back()
    expect(staff.locator("[name=note]")).to_have_value("Bellen")

    assert asked == ["beforeunload"]
    assert found == []
