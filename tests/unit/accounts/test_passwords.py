"""Which passwords are accepted."""

import pytest

from dordt.accounts.services import password_problem

EMAIL = "mila.jansen@dordrecht.nl"


@pytest.mark.parametrize(
    "password",
    [
        "appels op de fiets",
        "x7Kp9qLm",
        "een wachtwoord voor beheerders van 1 park",
        "🌳🌲🎋🌴 vier bomen",
        "a1" * 5 + "zeven",
    ],
    ids=["sentence", "eight-random", "sentence-with-our-words", "emoji", "long"],
)
def test_a_password_that_is_hard_to_guess_is_accepted(password: str):
    assert password_problem(password, email=EMAIL) is None


@pytest.mark.parametrize("password", ["iloveyou", "Football", "trustno1", "letmein1", "sunshine", "superman"])
def test_a_password_that_leaked_often_is_refused(password: str):
    assert "makkelijk te raden" in (password_problem(password, email=EMAIL) or "")


@pytest.mark.parametrize(
    "password",
    ["Dordrecht2026!", "wachtwoord-123", "mila.jansen2026", "mila.jansen@dordrecht.nl", "aaaaaaaaaaaa", "12345678"],
)
def test_a_password_that_everybody_tries_first_is_refused(password: str):
    text = password_problem(password, email=EMAIL)

    assert text is not None
    assert "makkelijk te raden" in text


def test_a_short_password_is_refused_with_the_number_of_characters_it_needs():
    text = password_problem("x7Kp9qL", email=EMAIL)

    assert text is not None
    assert "minstens 8" in text


def test_a_password_of_sixty_four_characters_is_accepted():
    assert password_problem("appels op de fiets naar het park met zes peren en een bos tulpen", email=EMAIL) is None


def test_a_password_of_more_than_a_thousand_characters_is_refused():
    assert password_problem("appels " * 200, email=EMAIL) is not None
