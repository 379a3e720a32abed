"""What residents do, with the faults they make on the way and the mails they get."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import follow_link, join_workgroup, open_mail, subscribe
from tests.support.live_site import LiveSite, link_in

REFERENCE = re.compile(r"DZ-\d{4}-\d{6}")


def test_an_article_is_found_from_the_home_page_and_its_document_is_a_pdf(page: Page, site: LiveSite):
    page.goto(site.url)
    page.get_by_role("link", name="Al het nieuws").click()
    page.get_by_role("link", name="Nieuwsarchief").click()
    page.get_by_role("link", name="2025").click()
    page.get_by_role("link", name="Van buiten naar binnen werken").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Van buiten naar binnen werken")
    document = page.get_by_role("link", name=re.compile(r"^PDF-bestand .* \(\d+ kB\)$"))
    answer = page.request.get(site.url + str(document.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


def test_a_message_with_faults_says_what_to_do_and_keeps_what_was_typed(page: Page, site: LiveSite):
    page.goto(site.url)
    page.get_by_role("link", name="Stel een vraag of deel een idee").click()
    page.get_by_label("Uw naam").fill("Fatma Yildiz")
    page.get_by_label("Uw bericht", exact=True).fill("Mag er een zebrapad bij de school?")

    page.get_by_role("button", name="Bericht versturen").click()

    expect(page).to_have_title("Fout: Contact – Dordt aan Zet")
    expect(page.get_by_role("heading", name="Er zijn 3 dingen nog niet goed ingevuld.")).to_be_focused()
    expect(page.get_by_label("Uw naam")).to_have_value("Fatma Yildiz")
    expect(page.get_by_label("Uw bericht", exact=True)).to_have_value("Mag er een zebrapad bij de school?")
    expect(page.get_by_label("Uw e-mailadres")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("link", name="Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.").click()
    expect(page.get_by_label("Uw e-mailadres")).to_be_focused()


def test_who_sends_too_large_a_file_is_told_so_and_finds_the_text_again(page: Page, site: LiveSite, tmp_path: Path):
    film = tmp_path / "film.mp4"
    with film.open("wb") as content:
        content.truncate(60 * 1024 * 1024)
    page.goto(f"{site.url}/contact/")
    page.get_by_label("Uw bericht", exact=True).fill("Een half uur aan geschreven.")
    page.set_input_files("[name=files]", film)

    page.get_by_role("button", name="Bericht versturen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Dit is te groot om te versturen")
    page.go_back()
    expect(page.get_by_label("Uw bericht", exact=True)).to_have_value("Een half uur aan geschreven.")


def test_who_writes_gets_a_number_a_receipt_and_a_page_of_their_own(page: Page, site: LiveSite):
    page.goto(f"{site.url}/contact/")
    page.get_by_label("Uw naam").fill("Bas Kuiper")
    page.get_by_label("Uw e-mailadres").fill("bas.kuiper@voorbeeld.nl")
    page.get_by_label("In welke wijk woont u?").select_option(label="Reeland")
    page.get_by_label("Waar gaat uw bericht over?").select_option(label="Groen en spelen")
    page.get_by_label("Uw bericht", exact=True).fill("De schommel op het plein piept de hele dag.")
    page.get_by_role("button", name="Bericht versturen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw bericht")
    reference = the_reference(page)
    open_mail(page, site, "bas.kuiper@voorbeeld.nl", reference)
    expect(page.locator(".mail-text")).not_to_contain_text("schommel")
    follow_link(page, "/bericht/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw bericht")
    expect(page.locator("main")).to_contain_text("De schommel op het plein piept de hele dag.")
    expect(page.get_by_role("complementary")).to_contain_text("Antwoord uiterlijk")
    notice = site.wait_for_mail("wijken@dordrecht.nl", reference)
    assert "bas.kuiper@voorbeeld.nl" in notice["Reply-To"]
    assert reference in page.request.get(page.url + "kopie.txt").text()


def test_a_resident_adds_something_on_the_private_page(page: Page, site: LiveSite):
    address = "rik.blok@voorbeeld.nl"
    write_in_short(page, site, name="Rik Blok", email=address)
    open_mail(page, site, address, the_reference_in(site, address))
    follow_link(page, "/bericht/")

    page.get_by_role("button", name="Versturen").click()
    expect(page.locator(".error-summary__title")).to_be_focused()
    page.get_by_label("Wat wilt u toevoegen?").fill("Het is de lantaarn naast nummer 14.")
    page.get_by_role("button", name="Versturen").click()

    expect(page.locator(".thread")).to_contain_text("Het is de lantaarn naast nummer 14.")


def test_a_membership_begins_with_the_button_and_not_with_opening_the_link(page: Page, site: LiveSite):
    page.goto(f"{site.url}/werkgroepen/")
    page.get_by_role("link", name="Werkgroep Sterrenburgpark").click()
    page.get_by_role("link", name="Aanmelden voor de werkgroep").click()
    page.get_by_label("Uw naam").fill("Lies de Wit")
    page.get_by_label("Uw e-mailadres").fill("lies.dewit@voorbeeld.nl")
    page.get_by_role("combobox").select_option("sterrenburg")
    page.get_by_role("button", name="Aanmelden voor de werkgroep").click()
    open_mail(page, site, "lies.dewit@voorbeeld.nl", "Maak uw aanmelding voor de")

    follow_link(page, "/werkgroepen/bevestigen/")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Maak uw aanmelding af")
    page.get_by_role("button", name="Ja, ik wil meedoen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw aanmelding is compleet")

    site.wait_for_mail("lies.dewit@voorbeeld.nl", "is binnen")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw aanmelding is compleet")
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_member_leaves_through_the_mail(page: Page, site: LiveSite):
    join_workgroup(page, site, name="Piet Stop", email="piet.stop@voorbeeld.nl")
    open_mail(page, site, "piet.stop@voorbeeld.nl", "is binnen")

    follow_link(page, "/werkgroepen/afmelden/")
    page.get_by_role("button", name="Afmelden").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def test_a_known_address_is_answered_like_any_other_and_can_leave_through_the_mail(page: Page, site: LiveSite):
    subscribe(page, site, email="mien.lezer@voorbeeld.nl")

    page.goto(f"{site.url}/nieuwsbrief/")
    page.get_by_label("Uw e-mailadres").fill("Mien.Lezer@voorbeeld.nl")
    page.get_by_label(re.compile("^Ja, stuur mij")).check()
    page.get_by_role("button", name="Nieuwsbrief aanvragen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bijna klaar: kijk in uw e-mail")
    open_mail(page, site, "mien.lezer@voorbeeld.nl", "U krijgt de nieuwsbrief al")
    follow_link(page, "/nieuwsbrief/afmelden/")
    page.get_by_role("button", name="Afmelden").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def test_a_link_from_before_leaving_no_longer_works_and_the_page_says_how_to_go_on(page: Page, site: LiveSite):
    address = "oude.link@voorbeeld.nl"
    subscribe(page, site, email=address)
    confirm = page.url
    page.goto(f"{site.url}/nieuwsbrief/")
    page.get_by_label("Uw e-mailadres").fill(address)
    page.get_by_label(re.compile("^Ja, stuur mij")).check()
    page.get_by_role("button", name="Nieuwsbrief aanvragen").click()
    page.goto(link_in(site.wait_for_mail(address, "U krijgt de nieuwsbrief al"), "/nieuwsbrief/afmelden/"))
    page.get_by_role("button", name="Afmelden").click()

    answer = page.goto(confirm)

    assert answer
    assert answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze link werkt niet meer")
    page.get_by_role("link", name="Meld u opnieuw aan voor de nieuwsbrief").click()
    expect(page).to_have_url(f"{site.url}/nieuwsbrief/")


def test_a_link_that_was_copied_badly_gets_a_clear_page(new_page: Callable[..., Page], site: LiveSite):
    page = new_page()
    for path, way_on in (
        ("/nieuwsbrief/bevestigen/", "Meld u opnieuw aan voor de nieuwsbrief"),
        ("/werkgroepen/bevestigen/", "Kies uw werkgroep en meld u opnieuw aan"),
        ("/bericht/", "Stuur ons een bericht"),
    ):
        answer = page.goto(f"{site.url}{path}niet-helemaal-overgenomen/")

        assert answer
        assert answer.status == 410
        expect(page.get_by_role("heading", level=1)).to_have_text("Deze link werkt niet meer")
        expect(page.locator("main").get_by_role("link", name=way_on)).to_be_visible()


def the_reference(page: Page) -> str:
    found = REFERENCE.search(page.locator(".reference").inner_text())
    assert found
    return found.group()


def the_reference_in(site: LiveSite, address: str) -> str:
    found = REFERENCE.search(site.wait_for_mail(address)["Subject"])
    assert found
    return found.group()


def write_in_short(page: Page, site: LiveSite, *, name: str, email: str) -> None:
    page.goto(f"{site.url}/contact/")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.select_option("[name=neighbourhood]", "reeland")
    page.select_option("[name=topic]", index=1)
    page.fill("[name=message]", "Er is een lantaarn kapot.")
    page.get_by_role("button", name="Bericht versturen").click()
    expect(page).to_have_url(f"{site.url}/contact/verzonden/")
