"""What each role may do."""

import pytest

from dordt.accounts.rights import ROLE_LABELS, ROLE_RIGHTS, Right


def test_every_role_has_a_name_and_a_sentence_for_the_screen():
    assert list(ROLE_LABELS) == list(ROLE_RIGHTS)


@pytest.mark.parametrize("right", Right)
def test_every_right_comes_through_some_role(right: Right):
    assert any(right in rights for rights in ROLE_RIGHTS.values())


@pytest.mark.parametrize("role", [role for role in ROLE_RIGHTS if role != "beheerder"])
def test_only_a_beheerder_administers(role: str):
    assert Right.ADMINISTER not in ROLE_RIGHTS[role]
