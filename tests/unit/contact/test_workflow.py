"""The whole matrix of steps, forbidden ones too."""

from itertools import product

import pytest

from dordt.contact import workflow
from dordt.contact.labels import OUTCOME_LABELS, STATUS_LABELS, STATUS_SENTENCES
from dordt.contact.models import MessageStatus, Outcome

# As the product describes it: the columns in the order of the rows, x where a step may be taken.
MATRIX = {
    "new": ". x x x x x x",
    "in_progress": ". . x x x x x",
    "waiting_for_resident": ". x . x x x x",
    "waiting_for_team": ". x x . x x x",
    "answered": ". x . . . . .",
    "declined": ". x . . . . .",
    "unwanted": "x . . . . . .",
}
PAIRS = list(product(MessageStatus, MessageStatus))


def refusal(current, to, *, outcome=Outcome.DONE, text="Omdat het zo is.", administers=True):
    return workflow.refusal(current, to, outcome=outcome, text=text, administers=administers)


@pytest.mark.parametrize(("current", "to"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_a_step_is_taken_only_where_the_matrix_has_a_cross(current, to):
    crosses = dict(zip(MATRIX, MATRIX[current].split(), strict=True))

    assert (refusal(current, to) is None) is (crosses[to] == "x")


@pytest.mark.parametrize("end", ["answered", "declined"])
def test_nothing_is_closed_without_an_outcome(end):
    assert refusal(MessageStatus.NEW, MessageStatus(end), outcome=None) == workflow.OUTCOME_MISSING


@pytest.mark.parametrize("end", ["answered", "declined", "waiting_for_resident"])
def test_the_resident_is_told(end):
    assert refusal(MessageStatus.IN_PROGRESS, MessageStatus(end), text="") == workflow.ANSWER_MISSING


def test_where_no_answer_is_needed_the_text_is_left_out():
    outcome = Outcome.NO_ANSWER_NEEDED

    assert refusal(MessageStatus.NEW, MessageStatus.ANSWERED, outcome=outcome, text="") is None
    assert refusal(MessageStatus.NEW, MessageStatus.ANSWERED, outcome=outcome) == workflow.ANSWER_TOO_MUCH
    assert refusal(MessageStatus.NEW, MessageStatus.WAITING_FOR_RESIDENT, outcome=outcome, text="")


@pytest.mark.parametrize(
    ("current", "to"), [("answered", "in_progress"), ("declined", "in_progress"), ("new", "unwanted")]
)
def test_reopening_and_hiding_ask_for_a_reason(current, to):
    assert refusal(MessageStatus(current), MessageStatus(to), text="") == workflow.REASON_MISSING


def test_only_an_administrator_brings_back_what_was_unwanted():
    step = (MessageStatus.UNWANTED, MessageStatus.NEW)

    assert refusal(*step, administers=False) == workflow.ADMINISTRATOR_ONLY
    assert refusal(*step, administers=True) is None


def test_every_status_and_outcome_has_a_type_and_words():
    assert (
        set(MessageStatus) == set(workflow.TYPES) == set(workflow.STEPS) == set(STATUS_LABELS) == set(STATUS_SENTENCES)
    )
    assert set(Outcome) == set(OUTCOME_LABELS)
