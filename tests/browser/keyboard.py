"""A page walked with the Tab key."""

from playwright.sync_api import Page

MOST_STOPS = 150
LOOK = """() => {
  const found = document.activeElement
  if (!found || found === document.body) return null
  const shown = found.closest('.card') || found  // the link of a card is the whole card
  const style = getComputedStyle(shown), box = found.getBoundingClientRect()
  return {
    name: `${found.localName} ${found.name || found.getAttribute('href') || found.textContent.trim()}`,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  }
}"""


def tab_to(page: Page, tag: str, name: str) -> None:
    """Press Tab until this control of the form has the focus."""
    for _ in range(MOST_STOPS):
        if page.evaluate(
            "([tag, name]) => document.activeElement.closest('main') && document.activeElement.name === name"
            " && document.activeElement.localName === tag",
            [tag, name],
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached the {tag} {name!r}")


def walk(page: Page) -> list[dict[str, object]]:
    """Every stop of the Tab key, from the first to where the page ends."""
    stops: list[dict[str, object]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(LOOK)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"the Tab key went round and round on {page.url}")
