"""No public page is wider than a narrow screen: with long words, wide text spacing, forced colours, and on paper."""

from playwright.sync_api import Page

from tests.browser.test_accessibility import sitemap
from tests.support.live_site import LiveSite

LONG = "Omgevingsvergunningaanvraagprocedure"
LENGTHEN = """word => document.querySelectorAll("main :is(h1, h2, h3, h4, p, dd, figcaption)").forEach(each => {
  const texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  let text;
  while (text = texts.nextNode()) if (text.data.trim()) { text.data = word; break; }
})"""
SPACED = """() => document.querySelectorAll("body, body *").forEach(each => {
  each.style.lineHeight = "1.5";
  each.style.letterSpacing = "0.12em";
  each.style.wordSpacing = "0.16em";
})"""  # WCAG 1.4.12
WIDTH = "document.documentElement.scrollWidth"


def test_nothing_widens_a_narrow_page(page: Page, site: LiveSite):
    paths = sitemap(page, site)
    assert len(paths) > 20

    page.set_viewport_size({"width": 320, "height": 800})
    found = {}
    for path in paths:
        page.goto(site.url + path)
        page.evaluate(LENGTHEN, LONG)
        seen = {"long words": page.evaluate(WIDTH)}
        page.emulate_media(forced_colors="active")
        seen["forced colours"] = page.evaluate(WIDTH)
        page.emulate_media(forced_colors="none", media="print")
        seen["print"] = page.evaluate(WIDTH)
        page.emulate_media(media="screen")
        page.goto(site.url + path)
        page.evaluate(SPACED)
        seen["text spacing"] = page.evaluate(WIDTH)
        found |= {f"{path} {what}": width for what, width in seen.items() if width > 320}

    assert found == {}
