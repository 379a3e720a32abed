"""No page is wider than a narrow screen or paper, nor hides a text: with long words, spaced, in forced colours."""

import inspect
import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from dordt.staff.start import views as start_views
from tests.browser.steps import sign_in
from tests.browser.walks import private_pages, sitemap, staff_pages
from tests.support.live_site import LiveSite

TILES = re.compile(r'tile=\("(.+?)", "(.+?)"\)')
LONG = "Omgevingsvergunningaanvraagprocedure" * 3  # more than the 100 signs that a name may have
RESIDENT = "noor.vandenberg-vanderlindenhof@bewonersvereniging.sterrenburg.voorbeeld.nl"
LENGTHEN = """word => document.querySelectorAll(
  "main :is(h1, h2, h3, h4, p, dd, li, td, figcaption, .inbox__row > *)"
).forEach(each => {
  const texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  let text;
  while (text = texts.nextNode())
    if (text.data.trim() && !text.parentElement.closest(".status")) { text.data = word; break; }
})"""
SPACED = """() => document.querySelectorAll("body, body *").forEach(each => {
  each.style.lineHeight = "1.5";
  each.style.letterSpacing = "0.12em";
  each.style.wordSpacing = "0.16em";
  if (each.matches("p")) each.style.marginBlockEnd = "2em";
})"""  # WCAG 1.4.12
FORCED: tuple[Literal["none", "active"], ...] = ("none", "active")
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
FOCUSED = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  return {text: focused.innerText, bottom: box.bottom, isInBar: !!focused.closest(".join-bar")};
}"""
WIDTH = "document.documentElement.scrollWidth"
# Words that a box hides whose overflow goes one of these ways.
CLIPPED = """ways => [...document.querySelectorAll("body *")].flatMap(box => {
  const style = getComputedStyle(box), edge = box.getBoundingClientRect(), range = document.createRange();
  const hides = ways.includes(style.overflowX) || ways.includes(style.overflowY);
  if (!hides || edge.width < 3 || box.matches("svg *") || !box.checkVisibility()) return [];
  if (box.matches("textarea")) return box.scrollHeight > box.clientHeight + 1 ? [box.value] : [];
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), found = [];
  for (let text; text = texts.nextNode();) {
    const parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility() || parent.closest(".visually-hidden")) continue;
    range.selectNodeContents(text);
    const words = range.getBoundingClientRect();
    const isAside = words.right > edge.right + 1 || words.left < edge.left - 1;
    if (isAside || words.bottom > edge.bottom + 1) found.push(text.data);
  }
  return found;
})"""
# Addresses that can break nowhere but in the middle of a word.
UNBROKEN = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let text; text = texts.nextNode();)
    if (/\\w@\\w|:\\/\\/\\w\\S{9}/.test(text.data) && !text.parentElement.closest("script, textarea, option"))
      found.push(text.data);
  return found;
}"""
# What is read on a screen, and not there on paper.
UNSEEN = """() => [...document.querySelectorAll("main :is(h1, .lead, .prose, .facts, .thread, .inbox, table)")]
  .filter(each => !each.checkVisibility() && !each.closest("form .block, details, .editor"))
  .map(each => each.outerHTML.slice(0, 120))"""
# What is of no use on paper.
FOR_THE_SCREEN = """() => [...document.querySelectorAll("nav, iframe, button, .utrecht-button, input, textarea")]
  .filter(each => each.checkVisibility() && each.type !== "hidden" && !each.closest(".trap")
    && (!each.matches("input, textarea") || !each.value)).map(each => each.outerHTML.slice(0, 120))"""
# Headings on paper with nothing below them.
LONELY = """() => {
  const all = document.querySelectorAll("#inhoud :is(h2, h3, h4), aside :is(h2, h3, h4)");
  const heads = [...all].filter(each => each.checkVisibility());
  return heads.filter((head, index) => {
    const next = heads[index + 1], nodes = document.createTreeWalker(document.body);
    nodes.currentNode = head;
    for (let node; node = nodes.nextNode();) {
      if (head.contains(node)) continue;
      if (node === next) return next.tagName <= head.tagName;
      if (node.nodeType === Node.ELEMENT_NODE && node.matches("aside, footer") && !node.contains(head)) return true;
      if (!node.parentElement.checkVisibility() || node.parentElement.closest(".visually-hidden, script")) continue;
      if (node.nodeType === Node.TEXT_NODE ? node.data.trim() : node.matches("img, textarea, input")) return false;
    }
    return true;
  }).map(each => each.innerText);
}"""


def test_no_public_page_is_too_wide_or_hides_a_text(page: Page, site: LiveSite):
    paths = sitemap(page, site)
    assert len(paths) > 20

    assert faults(page, site, paths) == []


def test_no_private_page_is_too_wide_or_hides_a_text(page: Page, site: LiveSite):
    paths = private_pages(page, site, RESIDENT)
    assert len(paths) >= 6

    assert faults(page, site, paths) == []


def test_no_page_of_the_staff_is_too_wide_or_hides_a_text(page: Page, site: LiveSite):
    sign_in(page, site)
    paths = []
    for path in staff_pages(page, site):
        page.goto(site.url + path)
        paths.append(path)
    assert len(paths) > 40

    assert faults(page, site, paths) == []


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


@pytest.mark.parametrize("path", ["/werkgroepen/sterrenburgpark/"])
def test_the_join_button_is_always_in_reach_on_a_phone_and_covers_nothing(page: Page, site: LiveSite, path: str):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.url + path)
    bar = page.locator(".join-bar")

    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        page.evaluate(f"scrollTo({{top: {place}, behavior: 'instant'}})")
        expect(bar.get_by_role("link")).to_be_in_viewport(ratio=1)
    last = page.locator("footer a").last.bounding_box()
    top = (bar.bounding_box() or {})["y"]
    assert last
    assert last["y"] + last["height"] <= top

    page.evaluate("scrollTo(0, 0)")
    for _ in range(page.locator("a[href]").count()):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isInBar"] or focused["bottom"] <= top, focused


def faults(page: Page, site: LiveSite, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        found += [f"{path} {each}" for look in (long_words, paper, spaced) for each in look(page, site.url + path)]
    return found


def long_words(page: Page, address: str) -> Iterator[str]:
    page.set_viewport_size(NARROW)
    page.goto(address)
    yield from (f"breaks nowhere: {text}" for text in page.evaluate(UNBROKEN))
    page.evaluate(LENGTHEN, LONG)
    for colours in FORCED:
        page.emulate_media(forced_colors=colours)
        if (width := page.evaluate(WIDTH)) > NARROW["width"]:
            yield f"{width} pixels wide, forced colours: {colours}"
    page.emulate_media(forced_colors="none")


def paper(page: Page, _address: str) -> Iterator[str]:
    """The page of just now, with its long words, on paper; then as it is."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    if (width := page.evaluate(WIDTH)) > PAPER["width"]:
        yield f"{width} pixels wide on paper"
    yield from (f"cut on paper: {text}" for text in page.evaluate(CLIPPED, ["hidden", "clip", "auto", "scroll"]))
    unseen = page.evaluate(UNSEEN)
    yield from (f"not on paper: {text}" for text in unseen)
    yield from (f"of no use on paper: {each}" for each in page.evaluate(FOR_THE_SCREEN))
    yield from (f"stands alone on paper: {each}" for each in page.evaluate(LONELY))
    page.emulate_media(media="screen")


def spaced(page: Page, address: str) -> Iterator[str]:
    page.set_viewport_size(NARROW)
    page.goto(address)
    page.evaluate(SPACED)
    if (width := page.evaluate(WIDTH)) > NARROW["width"]:
        yield f"{width} pixels wide when spaced"
    yield from (f"cut when spaced: {text}" for text in page.evaluate(CLIPPED, ["hidden", "clip"]))
