"""A thing has the name that its field uses: words of our own that were given up do not come back."""

import re
from pathlib import Path

import pytest

from tests.guards.modules import ROOT

TEXTS = [
    *(ROOT / "dordt").rglob("*.py"),
    *(path for path in (ROOT / "docs").rglob("*.md") if not {"decisions", "benchmarks"} & set(path.parts)),  # history
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "config.py", "wsgi.py")),
]
# What is said now, and what is not said any more in that sense.
GIVEN_UP = {
    "application, package": r"\b(?:the|this|our|whole|of) house\b|\bhouse's\b|in_room\(",
    "section": r"\b(?:the|each|every|all|other|this|staff) rooms?\b(?! (?:for|to)\b)|\brooms? of\b|\bRooms?\b|room\.py",
    "mailer": r"\bpost[- ]room\b|\bpostm[ae]n\b",
    "background job": r"\berrands?\b|\bErrands?\b",
    "wake-up": r"\bdoorbells?\b|\bbells?\b",
    "delivery loop": r"\bRounds\b",
    "SMTP connection": r"\bLanes?\b",
    "SMTP protocol": r"\bDialogue\b",
    "events and steps of SMTP": r"\bHeard\b|\bFAREWELL\b|\btake_leave\b|\bis_worn\b|\bhand_over\b",
    "timeout": r"\bPATIENCE\b",
    "reply classification": r"\bverdicts?\b|\bjudge\(",
    "relay pool, throttle": r"\btreating\b|\bbrake\b",
    "lock": r"\bhold_(?:still|list)\b",
    "submission, application, request": r"[a-z]Wish\b|\bWish\b",
    "exclusion reason": r"\bFate\b",
    "labels": r"\b(?:STATE|STATUS|REASON|DELIVERY|BLOCK|CAUSE|SCOPE|KIND)_WORDS\b|\bimport words\b|words\.py",
    "starting points, test mail": r"\btemplating\b|\bBeginning\b",
    "transitions, local time": r"\bmoments\.py\b|\bsteps\.py\b|import (?:moments|steps)\b",
    "consent export, data export": r"\bproving\b|services\.own_record\b",
    "inbound handlers": r"\brecognising\b|\btracing\b",
    "composer": r"\bcomponist\b|\bactie\b",
    "for whom": r"\bfor who\b",
    "separated by, again": r"\bparted by\b|\banew\b",
}


@pytest.mark.parametrize("instead", GIVEN_UP)
def test_a_word_that_was_given_up_does_not_come_back(instead: str):
    given_up = re.compile(GIVEN_UP[instead])

    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, lines in lines_of().items()
        for number, line in enumerate(lines, 1)
        if given_up.search(line)
    ]
    assert found == []


def lines_of() -> dict[Path, list[str]]:
    return {path: path.read_text().splitlines() for path in TEXTS}
