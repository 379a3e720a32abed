"""What must be in order before a newsletter may be approved or sent."""

from collections.abc import Iterator
from datetime import datetime

from dordt.newsletters import audience
from dordt.newsletters.models import Newsletter
from dordt.shared.problems import NotAllowed


def problems(newsletter: Newsletter, *, at: datetime) -> list[str]:
    """What stands in the way of approving, each as a sentence that says what to do."""
    return list(_problems(newsletter, at))


def require_ready(newsletter: Newsletter, *, at: datetime) -> None:
    """Raises NotAllowed with the first thing that stands in the way."""
    for problem in _problems(newsletter, at):
        raise NotAllowed(problem)


def require_audience() -> None:
    """Raises NotAllowed when nobody would get it."""
    if not audience.count():
        raise NotAllowed("Er zijn nog geen abonnees die hun aanmelding hebben bevestigd.")


def _problems(newsletter: Newsletter, at: datetime) -> Iterator[str]:
    if not newsletter.subject.strip():
        yield "Vul een onderwerp in."
    if not newsletter.blocks:
        yield "Schrijf een inleiding of kies een bericht."
    for article in (block.article for block in newsletter.blocks if block.article):
        if not article.is_out(at):
            title = article.title
            yield f"Het bericht ‘{title}’ staat niet op de site. Publiceer het of haal het uit de nieuwsbrief."
