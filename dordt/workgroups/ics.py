"""The meetings of a work group as a calendar (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import current_app

from dordt.shared.formats import capital
from dordt.shared.links import absolute
from dordt.workgroups.models import Meeting, Workgroup

CONTENT_TYPE = "text/calendar; charset=utf-8"
LINE = 75  # octets of a line, its end not counted (RFC 5545, 3.1)
NOT_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # no value holds these


def calendar(workgroup: Workgroup, *, at: datetime) -> bytes:
    """All its meetings, each with an id that stays: a calendar that has it already changes it.

    Moments stand there in UTC, so that no table of time zones has to go along.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gemeente Dordrecht//Dordt aan Zet//NL"]
    lines.append(f"X-WR-CALNAME:{_text(capital(workgroup.name))}")
    for meeting in workgroup.meetings:
        lines += _event(meeting, at)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(meeting: Meeting, at: datetime) -> Iterator[str]:
    group = meeting.workgroup
    yield "BEGIN:VEVENT"
    yield f"UID:bijeenkomst-{meeting.id}@{urlsplit(current_app.config['SITE_URL']).hostname}"
    yield f"DTSTAMP:{_moment(at)}"
    yield f"DTSTART:{_moment(meeting.starts_at)}"
    if meeting.ends_at > meeting.starts_at:  # RFC 5545, 3.8.2.2
        yield f"DTEND:{_moment(meeting.ends_at)}"
    yield f"SUMMARY:{_text(f'{meeting.title} ({group.name})')}"
    yield f"LOCATION:{_text(meeting.location)}"
    if meeting.text:
        yield f"DESCRIPTION:{_text(meeting.text)}"
    yield f"URL:{absolute('workgroups.show', slug=group.slug)}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    one_line_end = NOT_TEXT.sub(" ", re.sub(r"\r\n?", "\n", value))
    return re.sub(r"([\\;,])", r"\\\1", one_line_end).replace("\n", r"\n")


def _folded(line: str) -> bytes:
    """Lines of at most 75 octets, of which none ends within a character; each but the first begins with a space."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(piece) + len(octets) > LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
