"""What a check says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckFinding:
    """One sentence; `is_blocking`: the newsletter may not go like this.

    block: the place of the block that it is about, counted from 0; None when it is about the whole.
    """

    words: str
    is_blocking: bool = True
    block: int | None = None
