"""What Outlook, Gmail and Apple Mail do with a newsletter, by the facts of caniemail.com."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dordt.newsletters.rendering import draft_of
from tests.factories.whole_newsletter import make_whole_newsletter

SCRIPT = Path(__file__).parents[2] / "support" / "caniemail.mjs"
NO_SHEET = "without the style sheet the light letter remains: its own styles stand on its elements"
# What some programme leaves out, and why the letter can do without it.
HARMLESS = {
    "<style> element": NO_SHEET,
    "@media": NO_SHEET,
    "Class selector": NO_SHEET,
    "Type selector": NO_SHEET,
    "ID selector": NO_SHEET,
    "Descendant combinator": NO_SHEET,
    "Chaining selectors": NO_SHEET,
    "color-scheme meta tag": "the programme chooses between light and dark by itself",
    "border-radius": "corners are square",
    "word-break": "a very long word sticks out",
    "target attribute": "the link opens where the programme opens links",
    "cursor": "the pointer over the button stays as it was",
    "outline": "of pictures: they have no border either",
    "word-spacing": "normal, as without it",
    "<body> element": "the ground has its colour on a table as well",
    "aria-label attribute": "a screen reader reads the words of the link, which say enough",
    "aria-hidden attribute": "a screen reader reads the day of the meeting twice",
    "role attribute": "the programme reads tables its own way",
    # Of the line that shows behind the subject, each of which hides it by itself:
    "display:none": "hidden by its height, its size and its colour too",
    "max-height property": "hidden by display, its size and its colour too",
    "opacity": "hidden by display, its size and its colour too",
    "overflow": "hidden by display, its size and its colour too",
}


def missing_from(html: str) -> dict[str, list[str]]:
    """What is not supported, and by which programmes."""
    here = Path(sys.prefix) / "bin"  # where set-up put Node when the machine had none
    run = subprocess.run(  # noqa: S603
        ["node", str(SCRIPT)],  # noqa: S607
        input=html,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PATH": f"{os.environ['PATH']}:{here}"},
    )
    found: dict[str, list[str]] = json.loads(run.stdout)
    return found


def test_a_newsletter_asks_nothing_of_a_mail_programme_that_it_cannot_do_without(sqlite_house):
    with sqlite_house.app.app_context():
        html = draft_of(make_whole_newsletter()).html
    sqlite_house.tidy()

    assert {feature: who for feature, who in missing_from(html).items() if feature not in HARMLESS} == {}


@pytest.mark.parametrize(
    ("style", "feature"),
    [("display:flex", "display:flex"), ("position:absolute", "position"), ("display:grid", "display:grid")],
)
def test_the_facts_speak_of_what_no_mail_should_use(style: str, feature: str):
    assert "outlook.windows" in missing_from(f'<div style="{style}">Hallo</div>')[feature]
