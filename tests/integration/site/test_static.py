"""Only what was built is served."""

import json
import re
from pathlib import Path

import pytest

SOURCES = Path("dordt/frontend")
BUILT = Path("dordt/static")
FIXED_NAMES = {"favicon.ico", "manifest.json", "unexpected.css"}


@pytest.mark.parametrize("source", [path for path in sorted(SOURCES.rglob("*")) if path.is_file()], ids=str)
def test_a_source_is_not_served(client, source):
    path = source.relative_to(SOURCES).as_posix()

    answer = client.get(f"/static/{path}")

    assert answer.status_code == 404


def test_what_is_built_is_served_under_a_name_of_its_content(client):
    names = json.loads((BUILT / "manifest.json").read_text()).values()

    for name in names:
        answer = client.get(f"/static/{name}")

        assert re.search(r"\.[0-9a-f]{10}\.\w+$", name)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000"


def test_the_page_for_an_error_finds_its_style_sheet(app, client):
    page = app.jinja_env.get_template("errors/unexpected.html").render()

    (address,) = re.findall(r'href="(/static/[^"]+)"', page)

    assert client.get(address).status_code == 200
    assert address.removeprefix("/static/") in FIXED_NAMES
