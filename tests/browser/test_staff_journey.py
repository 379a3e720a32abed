"""What staff do on a working day: answer, decide, publish, send, and go home."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    add_article,
    begin_newsletter,
    follow_link,
    join_workgroup,
    open_mail,
    send_newsletter,
    sign_in,
    subscribe,
    wait_until_sent,
    write_message,
)
from tests.support.live_site import LiveSite, link_in

NewPage = Callable[..., Page]


def test_a_message_is_found_taken_noted_and_answered(new_page: NewPage, site: LiveSite):
    resident, staff = new_page(), new_page()
    address = "toos.brink@voorbeeld.nl"
    write_message(resident, site, name="Toos Brink", email=address, text="De heg hangt over het fietspad.")
    sign_in(staff, site, "wijkmedewerker")
    staff.get_by_role("navigation", name="Beheer", exact=True).get_by_role("link", name="Berichten", exact=True).click()
    staff.get_by_role("searchbox").or_(staff.get_by_label(re.compile("^Zoek op naam"))).first.fill("Brink")
    staff.get_by_role("button", name="Zoek").click()
    staff.get_by_role("link", name="Toos Brink").click()

    staff.get_by_role("button", name="Ik pak dit op").click()
    staff.get_by_label("Notitie", exact=True).fill("De hovenier komt dinsdag.")
    staff.get_by_role("button", name="Notitie bewaren").click()
    expect(staff.locator(".thread")).to_contain_text("De hovenier komt dinsdag.")
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.locator(".error-summary__title")).to_be_focused()
    expect(staff).to_have_title(re.compile("^Fout: Bericht DZ-"))
    staff.locator("[name=answer]").fill("Wij snoeien de heg op dinsdag.")
    staff.locator("[name=answer_outcome]").select_option(label="Gedaan")
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.locator(".title-row")).to_contain_text("Beantwoord")

    open_mail(resident, site, address, "Ons antwoord op uw bericht")
    expect(resident.locator(".mail-text")).to_contain_text("Wij snoeien de heg op dinsdag.")
    expect(resident.locator(".mail-text")).not_to_contain_text("hovenier")
    follow_link(resident, "/bericht/")
    expect(resident.locator(".thread")).to_contain_text("Wij snoeien de heg op dinsdag.")
    expect(resident.locator("main")).not_to_contain_text("hovenier")
    staff.goto(f"{site.url}/beheer/")
    expect(staff.locator("main")).not_to_contain_text("Toos Brink")


def test_who_may_join_hears_it_in_the_words_of_the_coordinator(new_page: NewPage, site: LiveSite):
    resident, staff = new_page(), new_page()
    address = "sem.bakker@voorbeeld.nl"
    join_workgroup(resident, site, name="Sem Bakker", email=address)

    sign_in(staff, site)
    staff.goto(f"{site.url}/beheer/werkgroepen/aanmeldingen/?werkgroep=sterrenburgpark&status=requested")
    staff.get_by_role("link", name="Sem Bakker").click()
    staff.get_by_role("button", name="Besluit bewaren en mailen").click()
    expect(staff.locator(".error-summary__title")).to_be_focused()
    staff.locator("[name=decision][value=approved]").check()
    staff.locator("[name=text]").fill("Neem gerust een buurvrouw mee.")
    staff.get_by_role("button", name="Besluit bewaren en mailen").click()

    expect(staff.locator(".thread")).to_contain_text("Neem gerust een buurvrouw mee.")
    open_mail(resident, site, address, "Welkom bij de werkgroep")
    expect(resident.locator(".mail-text")).to_contain_text("Neem gerust een buurvrouw mee.")


def test_an_article_is_written_looked_at_and_published(new_page: NewPage, site: LiveSite):
    editor, reader = new_page(), new_page()
    sign_in(editor, site, "redacteur")
    editor.goto(f"{site.url}/beheer/nieuws/")
    editor.get_by_role("link", name="Nieuwsbericht schrijven").click()
    editor.get_by_label("Titel", exact=True).fill("De bibliobus komt naar Reeland")
    editor.get_by_label("Inleiding").fill("Elke dinsdag staat de bus op het plein.")
    editor.get_by_label("Tekst", exact=True).fill("## Welke dag?\n\nDinsdag, van **15.00 tot 17.00 uur**.")

    preview = editor.get_by_role("region", name="Voorbeeld")
    expect(preview.get_by_role("heading", name="Welke dag?")).to_be_visible()
    editor.get_by_role("button", name="Toon voorbeeld").click()
    expect(preview).to_contain_text("15.00 tot 17.00 uur")
    reader.goto(f"{site.url}/nieuws/")
    expect(reader.locator("main")).not_to_contain_text("bibliobus")
    editor.get_by_role("button", name="Bewaar en publiceer").click()

    editor.get_by_role("link", name="Bekijk het nieuwsbericht op de site").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("De bibliobus komt naar Reeland")
    reader.reload()
    reader.get_by_role("link", name="De bibliobus komt naar Reeland").click()
    expect(reader.get_by_role("heading", name="Welke dag?")).to_be_visible()


def test_a_newsletter_of_two_articles_reaches_each_subscriber_once_with_a_way_out(new_page: NewPage, site: LiveSite):
    reader, staff = new_page(), new_page()
    address, subject = "gerda.post@voorbeeld.nl", "Wat er deze maand gebeurt"
    subscribe(reader, site, email=address)
    sign_in(staff, site)

    begin_newsletter(staff, site, subject=subject)
    add_article(staff)
    add_article(staff)
    staff.get_by_role("button", name="Bewaar en bekijk").click()
    expect(staff.frame_locator("iframe").locator("h1, h2, h3").first).to_be_visible()
    send_newsletter(staff, site)
    wait_until_sent(staff)

    expect(staff.locator("main")).to_contain_text("verstuurd", ignore_case=True)
    received = site.mails(subject=subject)
    to = [mail["X-Original-To"] for mail in received]
    assert to.count(address) == 1
    assert len(to) == len(set(to)) > 1
    assert all(has_one_click_way_out(mail) for mail in received)
    assert len({link_in(mail, "/nieuwsbrief/afmelden/") for mail in received}) == len(received)
    open_mail(reader, site, address, subject)
    follow_link(reader, "/nieuwsbrief/afmelden/")
    reader.get_by_role("button", name="Afmelden").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def test_signing_out_ends_the_session_for_the_back_button_and_for_a_kept_cookie(page: Page, site: LiveSite):
    sign_in(page, site)
    page.goto(f"{site.url}/beheer/berichten/")
    kept = page.context.cookies()

    page.get_by_role("button", name="Uitloggen").click()

    expect(page).to_have_url(f"{site.url}/beheer/inloggen/")
    expect(page.get_by_role("status")).to_have_text("U bent uitgelogd.")
    page.go_back()
    expect(page).to_have_url(re.compile("/beheer/inloggen/"))
    page.context.clear_cookies()
    page.context.add_cookies(kept)
    page.goto(f"{site.url}/beheer/berichten/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")


def test_who_may_only_read_is_told_so(page: Page, site: LiveSite):
    sign_in(page, site, "lezer")

    answer = page.goto(f"{site.url}/beheer/medewerkers/")

    assert answer
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def has_one_click_way_out(mail: EmailMessage) -> bool:
    """RFC 8058: a link of its own in the header, and the word that one POST is enough."""
    link = link_in(mail, "/nieuwsbrief/afmelden/")
    return mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and f"<{link}>" in mail["List-Unsubscribe"]
