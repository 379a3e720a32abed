"""What a check says: one sentence, where it belongs, and whether the newsletter may go all the same."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What a finding is about: the composer shows it beside that field or block."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    AUDIENCE = "audience"
    BLOCK = "block"  # something is not filled in
    ARTICLE = "article"
    WORKGROUP = "workgroup"
    MEETING = "meeting"
    IMAGE = "image"
    LINK = "link"
    BUTTON = "button"
    FIELD = "field"  # a merge field of another program
    HEADING = "heading"
    CONTRAST = "contrast"
    SIZE = "size"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True)
class Finding:
    """block: the place of the block that it is about, counted from 0; None when it is about the whole."""

    words: str
    kind: FindingKind
    is_blocking: bool = True
    block: int | None = None
