"""Merge fields that nobody fills in."""

import pytest

from dordt.newsletters.checks import texts
from dordt.newsletters.content.block_kinds import BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock


def found(text: str) -> list[tuple[str, bool, int | None]]:
    block = NewsletterBlock(kind=BlockKind.TEXT, title="", text=text, url="", alt="")
    newsletter = Newsletter(subject="Nieuws", preheader="", blocks=[block])
    return [(finding.words, finding.is_blocking, finding.block) for finding in texts.merge_fields(newsletter)]


@pytest.mark.parametrize("field", ["[[naam]]", "[[token]]", "{{ voornaam }}", "{{subscriber.name}}"])
def test_a_field_that_is_one_for_certain_stops_it(field):
    assert found(f"Beste {field}, hallo {field}") == [
        (f"Haal ‘{field}’ weg in blok 1. Het wordt niet ingevuld: de lezer ziet het zo staan.", True, 0)
    ]


@pytest.mark.parametrize("field", ["*|FNAME|*", "%naam%", "%recipient.first_name%", "<<Voornaam>>"])
def test_a_field_that_looks_like_one_is_named_only(field):
    ((words, is_blocking, _block),) = found(f"Beste {field},")

    assert field in words
    assert not is_blocking


@pytest.mark.parametrize(
    "text",
    [
        "[naam](https://dordrecht.nl)",
        "Tussen 50% korting en 20% toeslag.",
        "https://dordrecht.nl/caf%C3%A9%20en%20meer",
        "{ naam } en [ [naam] ]",
        "* een | twee *",
        "[[]] {{}}",
        "a << b >> c, 1 < 2",
    ],
)
def test_what_only_looks_a_little_like_one_is_left_alone(text):
    assert found(text) == []


def test_a_field_in_the_subject_is_found_there():
    newsletter = Newsletter(subject="Dag {{naam}}", preheader="", blocks=[])

    (finding,) = texts.merge_fields(newsletter)
    assert finding.block is None
    assert "in het onderwerp of het voorproefje" in finding.words
