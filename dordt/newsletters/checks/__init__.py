"""What must be in order before a newsletter may be approved, planned or sent, and what would make it better."""

from collections.abc import Iterator
from datetime import datetime

from dordt.newsletters.checks import fields, letter, links, wording, written
from dordt.newsletters.checks.finding import Finding, FindingKind
from dordt.newsletters.checks.letter import require_way_out
from dordt.newsletters.content import rendering
from dordt.newsletters.models import Newsletter
from dordt.shared.problems import NotAllowed

__all__ = ["Finding", "FindingKind", "findings", "problems", "require_ready", "require_way_out"]


def findings(newsletter: Newsletter, *, at: datetime) -> list[Finding]:
    """Everything there is to say about it, in the order in which an editor meets it."""
    return list(_findings(newsletter, at))


def problems(newsletter: Newsletter, *, at: datetime) -> list[str]:
    """What stands in the way of approving, each as a sentence that says what to do."""
    return [finding.words for finding in _findings(newsletter, at) if finding.is_blocking]


def require_ready(newsletter: Newsletter, *, at: datetime) -> None:
    """Raises NotAllowed with the first thing that stands in the way."""
    for problem in problems(newsletter, at=at):
        raise NotAllowed(problem)


def _findings(newsletter: Newsletter, at: datetime) -> Iterator[Finding]:
    yield from wording.findings(newsletter.subject, newsletter.preheader)
    yield from written.findings(newsletter, at)
    yield from links.findings(newsletter, at)
    yield from fields.findings(newsletter)
    yield from letter.findings(rendering.draft_of(newsletter), newsletter.blocks)
