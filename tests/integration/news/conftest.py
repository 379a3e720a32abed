"""An article in a folder, ready to be imported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result

from tests.factories.media import PDF, picture
from tests.factories.places import make_neighbourhood, make_topic

BODY = "# Kop\n\n![Een boom](boom.png)\n\nLees [het plan](plan.pdf) of [de site](https://voorbeeld.nl).\n"
FIELDS = {
    "title": "Een nieuw park",
    "slug": "een-nieuw-park",
    "date": "2026-03-09",
    "neighbourhoods": ["sterrenburg"],
    "topics": ["groen"],
    "intro": "Er komt een park.",
    "image": "park.png",
    "image_alt": "Een tekening van het park.",
    "image_caption": "Zo ziet het eruit.",
    "attachments": [{"file": "plan.pdf", "title": "Het plan"}],
}


@pytest.fixture
def write_article(app: Any, tmp_path: Path) -> Callable[..., Path]:
    """Write an article with its files; fields that are None are left out."""
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    make_topic(slug="groen", name="Groen")
    (tmp_path / "park.png").write_bytes(picture(1000, 600))
    (tmp_path / "boom.png").write_bytes(picture(500, 300, colour="green"))
    (tmp_path / "plan.pdf").write_bytes(PDF.ljust(2_866_000))

    def write(*, body: str = BODY, **fields: Any) -> Path:
        kept = {name: value for name, value in {**FIELDS, **fields}.items() if value is not None}
        path = tmp_path / "artikel.md"
        path.write_text(f"---\n{yaml.safe_dump(kept, allow_unicode=True)}---\n{body}")
        return path

    return write


@pytest.fixture
def import_article(app: Any) -> Callable[[Path], Result]:
    """Run the command."""

    def run(path: Path) -> Result:
        result: Result = app.test_cli_runner().invoke(args=["news", "import", str(path)])
        return result

    return run
