"""Which passwords we accept (ASVS 5.0, 6.2): long enough, leaked nowhere often, more than the words that everybody
tries here first."""

import re
from functools import cache

SHORTEST = 8
LONGEST = 1000
WORDS = ["wachtwoord", "password", "dordrecht", "dordtaanzet", "dordt", "gemeente", "welkom", "beheerder", "beheer"]
WORDS += ["geheim", "admin", "qwerty", "azerty", "12345678", "1234567", "123456"]
LEAST_BESIDES = 6  # characters that must remain when those words are taken out
LEAST_DIFFERENT = 4


def refusal(password: str, *, email: str) -> str | None:
    """What is wrong with a new password, as a sentence for the one who chose it, or None."""
    if len(password) < SHORTEST:
        return f"Kies een wachtwoord van minstens {SHORTEST} tekens. Een zin van een paar woorden is het beste."
    if len(password) > LONGEST:
        return f"Kies een wachtwoord van hoogstens {LONGEST} tekens."
    besides = _without_known_words(password, email)
    if len(besides) < LEAST_BESIDES or len(set(besides)) < LEAST_DIFFERENT or password.lower() in _often_leaked():
        return "Dit wachtwoord is makkelijk te raden. Kies woorden die niets met uw werk of adres te maken hebben."
    return None


@cache
def _often_leaked() -> frozenset[str]:
    """The 30,000 passwords that leaked most often; read when the first account is made, for they take memory."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])


def _without_known_words(password: str, email: str) -> str:
    local, _, domain = email.lower().partition("@")
    rest = re.sub(r"[\W_]+", "", password.lower())
    own = [re.sub(r"[\W_]+", "", word) for word in (local + domain, local, domain)]
    for word in [*own, *WORDS]:
        rest = rest.replace(word, "") if len(word) > 2 else rest
    return rest
