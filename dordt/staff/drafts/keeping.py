"""Which forms have a draft, and how it is kept.

All forms of a page with drafts are one form to the browser, with a button for each: whichever is pressed, all texts
come along.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import request
from werkzeug.datastructures import MultiDict

from dordt.drafts import services
from dordt.drafts.models import Draft
from dordt.shared.forms import DraftForm
from dordt.shared.reading import rows
from dordt.staff.access import may, member, needed


@dataclass(frozen=True)
class Drafted:
    """A form with a draft: where it is sent, what it is about, and the page that shows it (without "staff.")."""

    endpoint: str
    subject_type: str
    page: str
    build: "Callable[[int, MultiDict[str, str]], DraftForm | None]"  # None where the row is gone
    is_new: bool = False  # about what is still to be made

    @property
    def argument(self) -> str:
        """How the addresses of its page name what it is about."""
        return f"{self.subject_type}_id"


DRAFTED: dict[str, Drafted] = {}


def register(*drafted: Drafted) -> None:
    """Have the server keep what is typed in these forms."""
    DRAFTED.update({each.endpoint: each for each in drafted})


def mine(subject_type: str, subject_id: int = 0) -> dict[str, Draft]:
    """What whoever sent this request wrote about a row and did not send, by the endpoint of the form."""
    return {draft.form: draft for draft in rows(Draft.about(member().id, subject_type, subject_id))}


def sent_here() -> Drafted | None:
    """The form with a draft that is sent to where this request goes."""
    return DRAFTED.get((request.endpoint or "").removeprefix("staff."))


def of_this_page() -> Iterator[Drafted]:
    """The forms about what this address names."""
    yield from (each for each in DRAFTED.values() if not each.is_new and each.argument in (request.view_args or {}))


def about(subject_type: str, subject_id: int) -> Iterator[Drafted]:
    """The forms of one page that this member may send, while its row is there; a new one has a page of its own."""
    if not services.is_there(subject_type, subject_id):
        return
    for each in DRAFTED.values():
        is_here = each.subject_type == subject_type and each.is_new == (subject_id == 0)
        if is_here and all(may(right) for right in needed(each.endpoint, "POST")):
            yield each


def subject_id(drafted: Drafted) -> int:
    """The id of the row that this address names, 0 where it names none."""
    return int((request.view_args or {}).get(drafted.argument, 0))


def keep(drafted: Drafted, subject_id: int, *, at: datetime) -> bool:
    """Keep what was posted of one form, or throw its draft away where nothing stands in it; False if there is no form.

    An empty form may be one of an older window: for a day the draft can be put back.
    """
    form = drafted.build(subject_id, request.form)
    if form is None or not form.was_posted(request.form):
        return False
    if not form.is_touched:
        services.discard(drafted.endpoint, subject_id, by=member(), at=at)
        return True
    fields = [(name, text.replace("\x00", "")) for name, text in request.form.items(multi=True) if form.drafts(name)]
    services.keep(drafted.endpoint, (drafted.subject_type, subject_id), fields, by=member(), at=at)
    return True
