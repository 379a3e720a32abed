"""The preview of a draft: light and dark whatever the screen is set to, with a policy of its own."""

from collections.abc import Callable

import pytest

from tests.factories.newsletters import make_newsletter
from tests.support.visitors import Visitor

DRAFT = "/beheer/nieuwsbrieven/1/"


@pytest.fixture
def client(staff_client: Callable[..., Visitor]) -> Visitor:
    make_newsletter()
    return staff_client("redacteur")


@pytest.mark.parametrize(
    ("path", "rule", "scheme"), [("licht", "(max-width: 0)", "light"), ("donker", "(min-width: 0)", "dark")]
)
def test_the_colours_are_those_that_the_mail_brings_for_that_scheme(client: Visitor, path: str, rule: str, scheme: str):
    html = client.get(f"{DRAFT}{path}/html/").text

    assert f"@media {rule}" in html
    assert "prefers-color-scheme" not in html
    assert f'name="color-scheme" content="{scheme}"' in html


@pytest.mark.parametrize("path", ["licht", "donker"])
def test_the_frame_runs_no_script_and_holds_no_key(client: Visitor, path: str):
    answer = client.get(f"{DRAFT}{path}/html/")

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert "[[token]]" not in answer.text


@pytest.mark.parametrize(("asked", "shown"), [("", "licht"), ("breed-donker", "donker"), ("hymne", "licht")])
def test_the_page_shows_what_is_asked_for_without_scripts(client: Visitor, asked: str, shown: str):
    page = client.get(f"{DRAFT}bewerken/?voorbeeld={asked}")

    assert f'src="{DRAFT}{shown}/html/"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_finding_leads_to_its_block(client: Visitor):
    client.post(f"{DRAFT}bewaren/", data={"edit_version": "1", "subject": "Nieuws", "action": "add:quote"})

    page = client.get(f"{DRAFT}bewerken/").text

    assert '<a href="#blok-0">Naar blok 1</a>' in page
    assert 'id="blok-0"' in page
