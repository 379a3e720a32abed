"""The Atom feed of newsletters."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import render_template

from dordt.newsletters.content.rendering import summary, web_blocks
from dordt.newsletters.models import Newsletter
from dordt.shared import atom
from dordt.shared.links import absolute

ENTRIES = 20
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def of_newsletters(newsletters: Sequence[Newsletter], *, at: datetime) -> bytes:
    feed = atom.Feed(
        id=atom.tag(BEGAN_AT, "nieuwsbrief"),
        title="Nieuwsbrief van Dordt aan Zet",
        link=absolute("newsletters.archive"),
        address=absolute("newsletters.feed"),
        began_at=BEGAN_AT,
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
