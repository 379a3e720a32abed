"""What residents and staff come for, from the first click to the mail that arrives."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    follow_link,
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


def test_a_resident_reads_news_from_the_home_page(page: Page, each_site: LiveSite):
    page.goto(each_site.url)
    page.locator(".home-news a").first.click()

    expect(page).to_have_url(each_site.url + page.evaluate("location.pathname"))
    expect(page.locator("nav[aria-label=Kruimelpad]")).to_contain_text("Nieuws en publicaties")
    expect(page.locator("article, main").first).to_be_visible()


def test_a_message_is_answered_and_the_answer_arrives(new_page: Callable[..., Page], each_site: LiveSite):
    resident, staff = new_page(), new_page()
    write_message(
        resident, each_site, name="Wilma Vos", email="wilma.vos@voorbeeld.nl", text="De bank bij de vijver is stuk."
    )

    sign_in(staff, each_site, "wijkmedewerker")
    staff.goto(f"{each_site.url}/beheer/berichten/")
    staff.locator("main a", has_text="Wilma Vos").first.click()
    expect(staff.locator("main")).to_contain_text("De bank bij de vijver is stuk.")
    staff.locator("[name=answer]").fill("Beste mevrouw Vos,\n\nWij maken de bank deze week.")
    staff.locator("[name=answer_outcome]").select_option(index=1)
    staff.get_by_role("button", name="Antwoord versturen").click()
    expect(staff.locator("main")).to_contain_text("Wij maken de bank deze week.")

    open_mail(resident, each_site, "wilma.vos@voorbeeld.nl", "Antwoord")
    follow_link(resident, "/bericht/")
    expect(resident.locator("main")).to_contain_text("Wij maken de bank deze week.")


def test_a_membership_is_approved_and_the_member_hears_it(new_page: Callable[..., Page], each_site: LiveSite):
    resident, staff = new_page(), new_page()
    join_workgroup(resident, each_site, name="Youssef Amrani", email="youssef.amrani@voorbeeld.nl")

    sign_in(staff, each_site)
    staff.goto(f"{each_site.url}/beheer/werkgroepen/aanmeldingen/")
    staff.locator("main a", has_text="Youssef Amrani").first.click()
    staff.check("[name=decision][value=approved]")
    staff.locator("main form.form button[type=submit]").click()
    expect(staff.locator("main")).to_contain_text("Besluit")

    open_mail(resident, each_site, "youssef.amrani@voorbeeld.nl", "werkgroep")


def test_a_newsletter_is_written_approved_and_sent_and_arrives_once(new_page: Callable[..., Page], each_site: LiveSite):
    reader, staff = new_page(), new_page()
    subscribe(reader, each_site, email="lezer.een@voorbeeld.nl")

    sign_in(staff, each_site)
    write_newsletter(staff, each_site, subject="Een nieuwe speelplek in uw wijk")
    send_newsletter(staff, each_site)
    wait_until_sent(staff)

    open_mail(reader, each_site, "lezer.een@voorbeeld.nl", "Een nieuwe speelplek in uw wijk")
    follow_link(reader, "/nieuwsbrief/afmelden/")
    expect(reader.locator("h1")).to_be_visible()
    received = each_site.mails(subject="Een nieuwe speelplek in uw wijk")
    recipients = [mail["X-Original-To"] for mail in received]
    assert len(recipients) == len(set(recipients)) > 1
    assert len({mail["List-Unsubscribe"] for mail in received}) == len(received)
