"""Where the parts of a drawing stand."""

import pytest

from dordt.staff.newsletters.reporting.growth import HEIGHT, ceiling, column_chart, labels, line_chart


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (1, 2), (2, 2), (3, 5), (10, 10), (11, 20), (749_427, 1_000_000), (1_000_001, 2_000_000)]
)
def test_the_scale_ends_at_a_round_number_that_is_not_too_low(value: int, top: int):
    assert ceiling(value) == top


def test_a_line_goes_from_nothing_below_to_the_top():
    chart = line_chart([0, 50, 100], ["a", "b", "c"], ["nul", "half", "heel"])

    assert [point.y for point in chart.points] == [HEIGHT, HEIGHT / 2, 0]
    assert [line.value for line in chart.lines] == [0, 50, 100]
    assert len(chart.pieces) == 2


def test_who_came_and_who_went_share_one_scale_and_nothing_is_drawn_for_nobody():
    chart = column_chart([10, 0], [0, 5], ["a", "b"], (["10 erbij", ""], ["", "5 eraf"]))

    (up,), (down,) = chart.up, chart.down
    assert up.height == pytest.approx(2 * down.height)
    assert down.y == up.y + up.height
    assert up.x + up.width < 50 < down.x
    assert up.text == "10 erbij"


def test_numbers_that_would_stand_on_one_another_are_left_out():
    chart = column_chart([900], [1], ["a"], ([""], [""]))

    assert [line.value for line in chart.lines] == [0, 1000]


@pytest.mark.parametrize("count", [1, 2, 12, 26, 36])
def test_no_more_words_below_than_fit_and_always_the_last(count: int):
    found = labels([str(number) for number in range(count)])

    assert len(found) <= 12
    assert len([label for label in found if label.is_few]) <= 3
    assert (found[-1].text, found[-1].anchor, found[-1].is_few) == (str(count - 1), "end", True)


def test_without_anything_there_is_nothing_to_draw():
    assert labels([]) == []
    assert line_chart([], [], []).pieces == []
