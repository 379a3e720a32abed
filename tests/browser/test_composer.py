"""The composer with scripts: drag, move, keep by itself, follow in the preview; and that each has a way without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import add_article, begin_newsletter, sign_in
from tests.support.browser import violations
from tests.support.live_site import LiveSite

KEPT = re.compile(r"^Bewaard om \d\d\.\d\d uur$")


@pytest.fixture
def composer(page: Page, site: LiveSite) -> Page:
    """A draft of an intro, a quote and a button."""
    sign_in(page, site, "redacteur")
    begin_newsletter(page, site, subject="Nieuws uit uw wijk")
    for kind in ("Inleiding", "Citaat", "Knop"):
        add(page, kind)
    page.locator("#blok-0").get_by_label("Tekst", exact=True).fill("Beste lezer,")
    page.get_by_label("Wat is er gezegd?").fill("Eindelijk een klimboom.")
    page.get_by_label("Woorden op de knop").fill("Bekijk de agenda")
    page.get_by_label("Adres waar de knop heen gaat").fill("/werkgroepen/")
    expect(page.locator("[data-kept]")).to_have_text(KEPT)
    return page


def add(page: Page, kind: str) -> None:
    count = page.locator(".block").count()
    page.locator(".offers__kinds").get_by_role("button", name=kind, exact=True).click()
    expect(page.locator(".block")).to_have_count(count + 1)


def order(page: Page) -> list[str | None]:
    """What the blocks are, from the first to the last."""
    return [block.get_attribute("data-kind") for block in page.locator(".block").all()]


def tool(page: Page, place: int, verb: str):
    return page.locator(f"#{verb}-{place - 1}")


def test_what_is_typed_is_kept_by_itself_and_the_preview_follows(composer: Page):
    composer.get_by_label("Onderwerp", exact=True).fill("Een nieuwe klimboom")
    expect(composer.locator("[data-kept]")).to_have_text("Nog niet bewaard")

    expect(composer.locator("[data-kept]")).to_have_text(KEPT)
    preview = composer.frame_locator(".preview__frame")
    expect(preview.get_by_role("heading", name="Een nieuwe klimboom")).to_be_visible()
    expect(composer.locator("[data-fragment=text]")).to_contain_text("Eindelijk een klimboom.")
    composer.reload()
    expect(composer.get_by_label("Onderwerp", exact=True)).to_have_value("Een nieuwe klimboom")
    assert order(composer) == ["Inleiding", "Citaat", "Knop"]


def test_a_block_is_moved_with_the_keyboard_and_keeps_the_focus(composer: Page):
    tool(composer, 3, "up").focus()
    composer.keyboard.press("Enter")
    expect(composer.locator("[data-said]")).to_have_text("Knop: Bekijk de agenda staat nu op plaats 2 van 3.")
    expect(tool(composer, 2, "up")).to_be_focused()
    composer.keyboard.press("Enter")
    composer.keyboard.press("Enter")

    expect(composer.locator("[data-said]")).to_have_text("Dit blok staat al bovenaan.")
    assert order(composer) == ["Knop", "Inleiding", "Citaat"]
    expect(tool(composer, 1, "up")).to_have_accessible_name("Verplaats blok 1, Knop: Bekijk de agenda, Omhoog")
    expect(composer.locator("[data-kept]")).to_have_text(KEPT)
    composer.reload()
    assert order(composer) == ["Knop", "Inleiding", "Citaat"]


def test_a_block_is_dragged_with_the_mouse(composer: Page):
    handle = composer.locator("#blok-0 .block__handle")
    handle.scroll_into_view_if_needed()
    handle.hover()
    composer.mouse.down()
    box = composer.locator("#blok-2").bounding_box()
    assert box
    composer.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    composer.mouse.move(box["x"] + 40, box["y"] + box["height"] - 2, steps=5)
    composer.mouse.up()

    assert order(composer) == ["Citaat", "Knop", "Inleiding"]
    expect(composer.locator("[data-said]")).to_have_text("Inleiding staat nu op plaats 3 van 3.")
    expect(composer.locator("[data-kept]")).to_have_text(KEPT)
    composer.reload()
    assert order(composer) == ["Citaat", "Knop", "Inleiding"]
    expect(composer.locator("#blok-2").get_by_label("Tekst", exact=True)).to_have_value("Beste lezer,")


def test_a_block_that_was_taken_out_is_put_back(composer: Page):
    tool(composer, 2, "remove").click()
    expect(composer.locator("#weggehaald")).to_be_focused()
    assert order(composer) == ["Inleiding", "Knop"]

    composer.get_by_role("button", name="Zet terug").click()

    expect(composer.locator(".block")).to_have_count(3)
    assert order(composer) == ["Inleiding", "Citaat", "Knop"]
    expect(composer.get_by_label("Wat is er gezegd?")).to_be_focused()
    expect(composer.get_by_label("Wat is er gezegd?")).to_have_value("Eindelijk een klimboom.")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "er is geen verbinding."),
        (400, "onze site nam dit niet aan."),
        (401, "u bent uitgelogd."),
        (403, "u mag dit niet (meer)."),
        (404, "dit bestaat niet meer."),
        (413, "dit is te groot om te versturen."),
        (429, "er kwamen in korte tijd veel aanvragen."),
        (500, "er gaat bij ons iets mis."),
        (503, "er gaat bij ons iets mis."),
    ],
)
def test_a_failure_is_said_as_what_it_is_and_keeping_goes_on_after_it(composer: Page, status: int | None, said: str):
    answers = f"async () => new Response('Even niet', {{status: {status}}})"
    fails = "async () => { throw new TypeError('Failed to fetch') }"
    composer.evaluate(f"window.kept = window.fetch; window.fetch = {answers if status else fails}; null")
    composer.get_by_label("Onderwerp", exact=True).fill("Zonder verbinding getypt")

    expect(composer.locator("[data-kept]")).to_contain_text(f"Niet bewaard: {said}")
    composer.evaluate("window.fetch = window.kept; null")

    expect(composer.locator("[data-kept]")).to_have_text(KEPT)
    composer.reload()
    expect(composer.get_by_label("Onderwerp", exact=True)).to_have_value("Zonder verbinding getypt")


def test_the_second_editor_hears_of_the_first_and_sees_both_texts(
    composer: Page, new_page: Callable[..., Page], site: LiveSite
):
    other = new_page()
    sign_in(other, site)
    other.goto(composer.url)
    other.get_by_label("Onderwerp", exact=True).fill("Het onderwerp van de ander")
    expect(other.locator("[data-kept]")).to_have_text(KEPT)

    composer.get_by_label("Onderwerp", exact=True).fill("Mijn onderwerp")
    expect(composer.locator("[data-kept]")).to_contain_text("Klik op ‘Bewaar’")
    composer.get_by_role("button", name="Bewaar", exact=True).click()

    expect(composer.locator("main")).to_contain_text("Het onderwerp van de ander")
    expect(composer.get_by_label("Onderwerp", exact=True)).to_have_value("Mijn onderwerp")
    assert violations(composer) == []
    replace = composer.get_by_role("button", name="Vervang die door mijn tekst")
    replace.click()
    expect(replace).to_have_count(0)
    other.reload()
    expect(other.get_by_label("Onderwerp", exact=True)).to_have_value("Mijn onderwerp")


def test_the_preview_shows_a_telephone_a_wide_screen_and_dark(composer: Page):
    frame, inside = composer.locator(".preview__frame"), composer.frame_locator(".preview__frame")
    assert frame.evaluate("frame => frame.contentWindow.innerWidth") == 360

    composer.get_by_role("button", name="Breed, donker").click()

    expect(composer.get_by_role("button", name="Breed, donker")).to_have_attribute("aria-pressed", "true")
    expect(inside.locator("body")).to_have_css("background-color", "rgb(23, 21, 19)")
    assert frame.evaluate("frame => frame.contentWindow.innerWidth") == 700
    box, around = frame.bounding_box(), composer.locator(".composer__beside").bounding_box()
    assert box is not None
    assert around is not None
    assert box["width"] <= around["width"], "a wide mail is drawn smaller"


def test_the_composer_is_accessible_as_it_is_and_in_error(composer: Page):
    found = violations(composer)
    composer.set_viewport_size({"width": 1280, "height": 900})
    composer.get_by_label("Onderwerp", exact=True).fill("x" * 201)
    expect(composer.locator("[data-kept]")).to_contain_text("Maak de tekst korter")
    found += violations(composer)
    composer.get_by_role("button", name="Bewaar en bekijk").click()
    expect(composer.locator(".error-summary__title")).to_be_focused()

    assert found + violations(composer) == []


def test_each_target_is_large_enough(composer: Page):
    composer.set_viewport_size({"width": 320, "height": 900})

    small = composer.locator(".composer").evaluate(
        """composer => [...composer.querySelectorAll('button, a, summary, input, select, textarea')]
        .filter(one => one.checkVisibility() && !one.closest('.visually-hidden, .trap'))
        .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
        .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
    )

    assert small == []


def test_the_same_is_done_without_scripts(new_page: Callable[..., Page], site: LiveSite):
    page = new_page(java_script_enabled=False)
    sign_in(page, site, "redacteur")
    begin_newsletter(page, site, subject="Zonder scripts")
    add(page, "Citaat")
    page.get_by_label("Wat is er gezegd?").fill("Het lukt ook zo.")
    add(page, "Inleiding")
    add_article(page)
    tool(page, 2, "down").click()

    expect(page.get_by_label("Onderwerp", exact=True)).to_have_value("Zonder scripts")
    assert order(page) == ["Inleiding", "Nieuwsbericht", "Citaat"]
    tool(page, 1, "remove").click()
    page.get_by_role("button", name="Zet terug").click()
    page.get_by_role("button", name="Telefoon, donker").click()

    assert order(page) == ["Inleiding", "Nieuwsbericht", "Citaat"]
    inside = page.frame_locator(".preview__frame")
    expect(inside.locator("body")).to_have_css("background-color", "rgb(23, 21, 19)")
    expect(inside.locator("body")).to_contain_text("Het lukt ook zo.")
