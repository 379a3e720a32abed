"""How dates, times and sizes are written in Dutch, and where a long address breaks."""

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup

from dordt.shared.clock import AMSTERDAM

BREAK = re.compile(r"(?<=[@./_-])(?=\w)")
LINE_OF_LIST = 110  # signs: what a list shows of a text on a wide screen
LONG_WORD = 20  # signs; a mail address may break whatever its length
DESCRIPTION_AT_LEAST, DESCRIPTION_AT_MOST = 50, 160
MONTHS = ["januari", "februari", "maart", "april", "mei", "juni"]
MONTHS += ["juli", "augustus", "september", "oktober", "november", "december"]
DAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]


def dutch_date(value: date | datetime) -> str:
    """'3 maart 2027', in Amsterdam when a moment is given."""
    day = _local(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def dutch_day(value: date | datetime) -> str:
    """'dinsdag 9 maart 2027'."""
    return f"{DAYS[_local(value).weekday()]} {dutch_date(value)}"


def dutch_time(value: datetime) -> str:
    """'19.30 uur'."""
    return f"{value.astimezone(AMSTERDAM):%H.%M} uur"


def dutch_date_time(value: datetime) -> str:
    """'3 maart 2027 om 19.30 uur'."""
    return f"{dutch_date(value)} om {dutch_time(value)}"


def dutch_hours(starts_at: datetime, ends_at: datetime) -> str:
    """'19.30 tot 21.30 uur'; of what ends on another day only when it starts."""
    is_one_day = _local(starts_at) == _local(ends_at) and ends_at > starts_at
    return f"{starts_at.astimezone(AMSTERDAM):%H.%M} tot {dutch_time(ends_at)}" if is_one_day else dutch_time(starts_at)


def short_month(value: date | datetime) -> str:
    """'mrt': for the date block of a meeting."""
    short = {3: "mrt"}
    month = _local(value).month
    return short.get(month, MONTHS[month - 1][:3])


def iso(value: date | datetime) -> str:
    """For the `datetime` attribute of <time>."""
    return value.astimezone(AMSTERDAM).isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)


def kilobytes(size: int) -> str:
    """'2866 kB' from a size in bytes, rounded up so that nothing is 0 kB."""
    return f"{max(1, -(-size // 1000))} kB"


def dutch_number(value: int) -> str:
    """'1.000.000'."""
    return f"{value:,}".replace(",", ".")


def dutch_share(count: int, total: int) -> str:
    """'97,3%'; what is there is never 0%, and what is not all is never 100%."""
    if not total:
        return "–"
    if 0 < count < total:
        tenths = round(1000 * count / total)
        if tenths == 0:
            return "minder dan 0,1%"
        if tenths == 1000:
            return "meer dan 99,9%"
    return f"{100 * count / total:.1f}%".replace(".", ",").replace(",0%", "%")


def capital(text: str) -> str:
    """'Werkgroep Sterrenburgpark' from 'werkgroep Sterrenburgpark': a name at the start of a line."""
    first = 2 if text.startswith("ij") else 1  # one letter in Dutch: 'IJsselmeer'
    return text[:first].upper() + text[first:]


def description(text: str, more: str = "") -> str:
    """A text for search engines, in 50 to 160 signs: `more` lengthens a short one, a long one ends after a word."""
    plain = " ".join((text.unescape() if isinstance(text, Markup) else text).split())
    if len(plain) < DESCRIPTION_AT_LEAST and more:
        plain = f"{plain if plain.endswith(('.', '!', '?')) else plain + '.'} {more}"
    return excerpt(plain, at_most=DESCRIPTION_AT_MOST)


def excerpt(text: str, at_most: int = LINE_OF_LIST) -> str:
    """The beginning of a text in one line; what is too long ends after a word, with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= at_most else line[: at_most - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def breakable(text: str) -> Markup:
    """The text as HTML, in which a long address breaks after one of its signs where its line is too short."""
    words = re.split(r"(\s+)", text)
    return Markup("").join(
        Markup("<wbr>").join(BREAK.split(word)) if "@" in word or len(word) > LONG_WORD else word for word in words
    )


def init_app(app: Flask) -> None:
    """Make these the filters of the templates."""
    moments = (dutch_date, dutch_day, dutch_time, dutch_date_time, dutch_hours, short_month, iso)
    for function in (*moments, kilobytes, dutch_number, dutch_share, capital, description, excerpt, breakable):
        app.add_template_filter(function)


def _local(value: date | datetime) -> date:
    return value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value
