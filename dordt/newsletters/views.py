"""Newsletters as everybody can read them: each on a page of its own, the archive, the feed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.newsletters.content.rendering import summary, web_blocks
from dordt.newsletters.models import Newsletter
from dordt.shared import atom, clock
from dordt.shared.clock import AMSTERDAM
from dordt.shared.links import absolute
from dordt.shared.reading import page, row_or_404, rows

FEED_ENTRIES = 20
FEED_BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
bp = Blueprint("newsletters", __name__, url_prefix="/nieuwsbrief")


@bp.get("/archief/")
def archive() -> ResponseReturnValue:
    """What was sent, the newest first, under its year."""
    found = page(Newsletter.sent(), request.args.get("pagina"))
    return render_template("newsletters/archive.html", page=found, years=_by_year(found.items))


@bp.get("/<int:number>/")
def show(number: int) -> ResponseReturnValue:
    """One newsletter, at the same address for ever."""
    newsletter = row_or_404(Newsletter.started().where(Newsletter.number == number))
    return render_template(
        "newsletters/show.html",
        newsletter=newsletter,
        blocks=web_blocks(newsletter, at=clock.now()),
        summary=summary(newsletter),
        previous=next(iter(rows(Newsletter.sent_before(number).limit(1))), None),
        next=next(iter(rows(Newsletter.sent_after(number).limit(1))), None),
    )


@bp.get("/laatste/")
def latest() -> ResponseReturnValue:
    """The newest one, for links that ask for an example; the archive as long as there is none."""
    newest = next(iter(rows(Newsletter.sent().limit(1))), None)
    return redirect(url_for(".show", number=newest.number) if newest else url_for(".archive"))


@bp.get("/feed.xml")
def feed() -> ResponseReturnValue:
    """The newest newsletters, whole, for whoever would rather not leave an address."""
    newest = rows(Newsletter.sent().limit(FEED_ENTRIES))
    return Response(_feed_of(newest, at=clock.now()), mimetype=atom.MIMETYPE)


def _by_year(newsletters: Sequence[Newsletter]) -> list[tuple[int, list[Newsletter]]]:
    """Neighbours of the same year together, as Amsterdam counts it."""
    years = groupby(newsletters, lambda newsletter: newsletter.dated_at.astimezone(AMSTERDAM).year)
    return [(year, list(found)) for year, found in years]


def _feed_of(newsletters: Sequence[Newsletter], *, at: datetime) -> bytes:
    feed = atom.Feed(
        id=atom.tag(FEED_BEGAN_AT, "nieuwsbrief"),
        title="Nieuwsbrief van Dordt aan Zet",
        link=absolute("newsletters.archive"),
        address=absolute("newsletters.feed"),
        began_at=FEED_BEGAN_AT,
        entries=[_entry(newsletter, at) for newsletter in newsletters],
    )
    return atom.document(feed)


def _entry(newsletter: Newsletter, at: datetime) -> atom.Entry:
    html = render_template("newsletters/feed_entry.html", blocks=web_blocks(newsletter, at=at))
    return atom.Entry(
        id=atom.tag(newsletter.created_at, f"nieuwsbrief/{newsletter.number}"),
        title=newsletter.subject,
        link=absolute("newsletters.show", number=newsletter.number),
        published_at=newsletter.dated_at,
        updated_at=newsletter.dated_at,
        summary=summary(newsletter),
        content=html,
        about=[
            *((each.slug, each.name) for each in newsletter.neighbourhoods),
            *((each.slug, each.name) for each in newsletter.topics),
        ],
    )
