"""What the words of a server say of an address."""

import pytest

from dordt.mailer.suppression.bounces import BounceClass, classify_bounce
from tests.factories.refusals import REFUSALS


@pytest.mark.parametrize(("code", "enhanced", "words", "expected"), REFUSALS)
def test_a_refusal_is_classified(code: int | None, enhanced: str | None, words: str, expected: BounceClass) -> None:
    assert classify_bounce(code=code, enhanced=enhanced, words=words) == expected
