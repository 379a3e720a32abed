"""A time as somebody in Amsterdam types it, and the two nights on which the clock is moved."""

from datetime import UTC, datetime

import pytest

from dordt.shared.local_time import MomentRefused, as_written, moment_of, read_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-01T09:00", datetime(2027, 3, 1, 8, 0, tzinfo=UTC)),
        ("2027-07-01T09:00", datetime(2027, 7, 1, 7, 0, tzinfo=UTC)),
        ("2027-03-01 09:00:30", datetime(2027, 3, 1, 8, 0, 30, tzinfo=UTC)),
        ("2027-03-28T01:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28T03:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-03-28T02:30+01:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("2027-03-01T09:00Z", datetime(2027, 3, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_one_in_amsterdam_unless_it_says_otherwise(text, moment):
    assert read_moment(text).at == moment
    assert read_moment(text).note == ""


@pytest.mark.parametrize("text", ["2027-03-28T02:00", "2027-03-28T02:30", "2027-03-28T02:59:59"])
def test_a_time_that_the_clock_skips_is_refused_with_what_can_be_chosen(text):
    with pytest.raises(MomentRefused, match=r"van 02.00 uur naar 03.00 uur.*Kies een tijd vóór 02.00 uur"):
        read_moment(text)


def test_of_a_time_that_comes_twice_the_first_is_taken_and_that_is_said():
    moment = read_moment("2027-10-31T02:30")

    assert moment.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert moment.note == (
        "In die nacht gaat de klok een uur terug: 02.30 uur komt twee keer. Wij nemen de eerste keer."
    )
    assert not read_moment("2027-10-31T03:00").is_doubled


@pytest.mark.parametrize(
    "text",
    [
        *("", "morgen", "2027-03-01", "09:00", "2027-02-30T09:00", "2027-03-01T25:00", "0001-01-01T00:00+23:59"),
        *("9999-12-31T23:59", "2027-03-01T09:00+99:00", "٢٠٢٧-03-01T09:00", "2027-03-01T09:00\n", "2027-W09-1T09:00"),
    ],
)
def test_what_is_no_moment_is_refused_in_words(text):
    with pytest.raises(MomentRefused, match=r"\.$"):
        read_moment(text)


@pytest.mark.parametrize("written", [datetime(1, 1, 1), datetime(2027, 3, 28, 2, 30)], ids=["year 1", "skipped"])
def test_a_time_that_is_no_moment_is_refused_however_it_was_read(written):
    with pytest.raises(MomentRefused):
        moment_of(written)


def test_what_is_shown_in_the_field_is_read_back_as_the_same_moment():
    moment = datetime(2027, 7, 1, 7, 5, tzinfo=UTC)

    assert as_written(moment) == "2027-07-01T09:05"
    assert read_moment(as_written(moment)).at == moment
