"""Subject and preheader: what stands in the way, and what would only be better."""

import pytest

from dordt.newsletters.checks import texts

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
