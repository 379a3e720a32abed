"""An editor whom nobody explained anything makes a newsletter and sends it; and in the mailbox it looks right."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import begin_newsletter, have_approved, open_mail, sign_in, subscribe, wait_until_sent
from tests.support.browser import AXE, SCHEMES
from tests.support.live_site import LiveSite

NewPage = Callable[..., Page]
READER = "saar.mol@voorbeeld.nl"
SUBJECT = "Drie plekken om samen te komen"
LOOKS = [(width, scheme) for width in (360, 700) for scheme in ("light", "dark")]
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(32, 30, 27)"}


@pytest.fixture
def sent(new_page: NewPage, site: LiveSite) -> Page:
    """Three articles, a meeting and a button, composed, approved and sent by what the pages say: the reader's mail."""
    reader, editor = new_page(), new_page()
    subscribe(reader, site, email=READER)
    sign_in(editor, site, "redacteur")
    begin_newsletter(editor, site, subject=SUBJECT)
    editor.get_by_label("Voorproefje").fill("En één avond waarop u kunt meepraten.")
    editor.get_by_role("button", name="Inleiding", exact=True).click()
    editor.locator("#blok-0").get_by_label("Tekst", exact=True).fill("Beste lezer,\n\nEr is weer veel te doen.")
    for place in range(1, 4):
        editor.get_by_role("button", name="Voeg toe: ").first.click()
        expect(editor.locator(f"#blok-{place} legend")).to_contain_text("Nieuwsbericht")
    editor.get_by_role("button", name="Voeg toe: werkgroep Sterrenburgpark").click()
    expect(editor.locator("#blok-4 legend")).to_contain_text("Werkgroep")
    editor.get_by_role("button", name="Knop", exact=True).click()
    editor.get_by_label("Woorden op de knop").fill("Doe mee met een werkgroep")
    editor.get_by_label("Adres waar de knop heen gaat").fill("/werkgroepen/")
    editor.get_by_role("button", name="Bewaar en bekijk").click()
    expect(editor.locator("h1")).to_contain_text(SUBJECT)

    editor.get_by_role("link", name="Controleren en versturen").click()
    have_approved(editor, site, "beheerder")
    editor.get_by_role("button", name="Verstuur nu aan ").click()
    wait_until_sent(editor)
    open_mail(reader, site, READER, SUBJECT)
    return reader


def test_an_editor_sends_three_articles_a_meeting_and_a_button_in_one_go(sent: Page, new_page: NewPage):
    mail = sent.frame_locator("iframe.mail-frame")

    expect(mail.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(mail.get_by_role("link", name="Lees verder")).to_have_count(3)
    expect(mail.get_by_role("heading", level=2)).to_have_count(4)
    expect(mail.get_by_text("uur")).to_be_visible()
    expect(mail.get_by_role("link", name="Doe mee met een werkgroep")).to_be_visible()
    for way in ("Keuzes aanpassen", "Afmelden", "Bekijk in de browser"):
        expect(mail.get_by_role("link", name=way)).to_be_visible()
    expect(sent.locator(".mail-text")).to_contain_text("Er is weer veel te doen.")

    frame = sent.locator("iframe.mail-frame").get_attribute("src")
    sheet = new_page()  # the same document without its frame, in which no script may look
    sheet.set_content(sent.request.get(urljoin(sent.url, frame)).text())
    assert [fault for width, scheme in LOOKS for fault in faults(sheet, width, scheme)] == []


def faults(sheet: Page, width: int, scheme: str) -> list[str]:
    """What is wrong with the picture of a mail: too wide, a picture that is missing, colours that nobody can read."""
    sheet.set_viewport_size({"width": width, "height": 900})
    sheet.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sheet.wait_for_load_state("networkidle")
    sheet.evaluate(AXE.read_text())
    answer = sheet.evaluate("rules => axe.run(document, {runOnly: rules})", SCHEMES["dark"])
    found = [f"{scheme} {violation['id']}" for violation in answer["violations"]]
    if sheet.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"scrolls sideways at {width}")
    if sheet.evaluate("[...document.images].some(image => !image.naturalWidth)"):
        found.append("a picture is missing")
    ground = sheet.locator("h1").evaluate(
        """found => {
          for (let box = found; box; box = box.parentElement) {
            const colour = getComputedStyle(box).backgroundColor
            if (colour !== 'rgba(0, 0, 0, 0)') return colour
          }
        }"""
    )
    if ground != GROUNDS[scheme]:
        found.append(f"{scheme}: the mail lies on {ground}")
    return found
