"""Subject, preheader and merge fields: what stands in the way, and what would only be better."""

import pytest

from dordt.newsletters.checks import texts
from dordt.newsletters.content.block_kinds import BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock

FINE = ("Nieuws uit uw wijk", "Het park is klaar.")


def said(subject: str, preheader: str) -> list[tuple[bool, str]]:
    return [(finding.is_blocking, finding.words) for finding in texts.lines(subject, preheader)]


def test_two_good_lines_need_nothing():
    assert said(*FINE) == []
    assert said("x" * 50, "y" * 90) == []


@pytest.mark.parametrize("subject", ["", "  ", "\n"])
def test_without_a_subject_it_cannot_go(subject):
    assert said(subject, FINE[1]) == [(True, "Vul een onderwerp in.")]


@pytest.mark.parametrize(
    ("subject", "preheader", "words"),
    [
        ("x" * 51, FINE[1], "Het telt 51 tekens; een telefoon toont er 50."),
        ("NIEUWS UIT DE WIJK", FINE[1], "niet helemaal in hoofdletters"),
        ("Kom ook!!", FINE[1], "hoogstens één uitroepteken"),
        (FINE[0], "", "Vul een voorproefje in."),
        (FINE[0], f" {FINE[0].upper()} ", "iets anders dan in het onderwerp"),
        (FINE[0], "y" * 91, "Het telt 91 tekens; 90 is genoeg."),
    ],
)
def test_what_would_be_better_is_said_and_stops_nothing(subject, preheader, words):
    ((is_blocking, sentence),) = said(subject, preheader)

    assert words in sentence
    assert not is_blocking


@pytest.mark.parametrize("subject", ["NS en GGZ", "Kom ook!", "2027", "A B C"])
def test_a_name_in_capitals_and_one_mark_are_fine(subject):
    assert said(subject, FINE[1]) == []


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
