"""No page is wider than a narrow screen: with long words, in forced colours, on paper; a public one when spaced too."""

import inspect
import re

import pytest
from playwright.sync_api import Page, ViewportSize

from dordt.staff.start import views as start_views
from tests.browser.steps import sign_in
from tests.browser.walks import sitemap, staff_pages
from tests.support.live_site import LiveSite

TILES = re.compile(r'tile=\("(.+?)", "(.+?)"\)')
LONG = "Omgevingsvergunningaanvraagprocedure"
LENGTHEN = """word => document.querySelectorAll("main :is(h1, h2, h3, h4, p, dd, figcaption)").forEach(each => {
  const texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  let text;
  while (text = texts.nextNode())
    if (text.data.trim() && !text.parentElement.closest(".status")) { text.data = word; break; }
})"""
SPACED = """() => document.querySelectorAll("body, body *").forEach(each => {
  each.style.lineHeight = "1.5";
  each.style.letterSpacing = "0.12em";
  each.style.wordSpacing = "0.16em";
})"""  # WCAG 1.4.12
NARROW: ViewportSize = {"width": 320, "height": 800}
PAPER: ViewportSize = {"width": 718, "height": 1000}  # A4 between its margins
CUT = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; text = texts.nextNode();)
    for (const word of text.data.matchAll(/[\\p{L}\\d]+/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(each => Math.round(each.top))).size > 1) found.push(word[0]);
    }
  return found;
}"""
WIDTH = "document.documentElement.scrollWidth"


def test_nothing_widens_a_narrow_page(page: Page, site: LiveSite):
    paths = sitemap(page, site)
    assert len(paths) > 20

    assert too_wide(page, site, paths, SPACED) == {}


def test_nothing_widens_a_narrow_page_of_the_staff(page: Page, site: LiveSite):
    sign_in(page, site)
    paths = []
    for path in staff_pages(page, site):
        page.goto(site.url + path)
        paths.append(path)

    assert too_wide(page, site, paths) == {}


@pytest.mark.parametrize("width", [320, 360])
def test_no_word_of_today_is_cut(page: Page, site: LiveSite, width: int):
    sign_in(page, site)
    page.set_viewport_size({"width": width, "height": 800})
    labels = [label for pair in TILES.findall(inspect.getsource(start_views)) for label in pair]
    assert len(labels) >= 10

    cut = page.evaluate(CUT)
    for label in labels:  # whatever is counted today
        page.evaluate("label => { document.querySelector('.tile').lastChild.data = label }", label)
        cut += page.evaluate(CUT)

    assert cut == []


def too_wide(page: Page, site: LiveSite, paths: list[str], *styles: str) -> dict[str, int]:
    page.set_viewport_size(NARROW)
    found = {}
    for path in paths:
        page.goto(site.url + path)
        page.evaluate(LENGTHEN, LONG)
        seen = {"long words": page.evaluate(WIDTH)}
        page.emulate_media(forced_colors="active")
        seen["forced colours"] = page.evaluate(WIDTH)
        page.emulate_media(forced_colors="none", media="print")
        page.set_viewport_size(PAPER)
        seen["print"] = page.evaluate(WIDTH) - PAPER["width"] + NARROW["width"]
        page.emulate_media(media="screen")
        page.set_viewport_size(NARROW)
        for style in styles:
            page.goto(site.url + path)
            page.evaluate(style)
            seen["text spacing"] = page.evaluate(WIDTH)
        found |= {f"{path} {what}": width for what, width in seen.items() if width > NARROW["width"]}
    return found
