"""What staff made: wijken, themes, accounts, articles, work groups, newsletters and lists of subscribers."""

import json
import secrets
import threading
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from dordt.accounts import services as accounts
from dordt.accounts.models import StaffMember
from dordt.development.seed import HERE, ago, rows
from dordt.extensions import db
from dordt.media import services as media
from dordt.news import services as news
from dordt.news.importing import ArticleFile
from dordt.news.models import Article, reserved
from dordt.newsletters.content import block_kinds
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.services import editing as newsletters
from dordt.newsletters.content.services import starting_points
from dordt.newsletters.models import NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.places import services as places
from dordt.places.models import Neighbourhood, Topic
from dordt.shared.clock import AMSTERDAM
from dordt.shared.reading import count
from dordt.subscribers.imports import services as imports
from dordt.workgroups.models import Meeting, Workgroup

LOGIN_FILE = "staff-login"
WRITTEN_ON_A = 1  # Tuesday: the demo meetings were put on weekdays as seen from a Tuesday
BY = "m.terpstra@voorbeeld.nl"
FAIR = """E-mailadres;Wijken;Thema's;Datum;Bron
hendrika.pols@voorbeeld.nl;Sterrenburg;;14-6-2025;Kraam op het wijkfeest
jamal.bouali@voorbeeld.nl;Oud-Krispijn;;14-6-2025;Kraam op het wijkfeest
truus.van.wijngaarden;Dubbeldam;;14-6-2025;Kraam op het wijkfeest
wim.hoogland@voorbeeld.nl;Zwijndrecht;;14-6-2025;Kraam op het wijkfeest
sanne.lodder@voorbeeld.nl;Dubbeldam;;14-6-2025;
"""
MARKET = """Naam;E-mail;Wijk
A. Kuipers;arie.kuipers@voorbeeld.nl;Stadspolders
M. de Haas;mieke.dehaas@voorbeeld.nl;Binnenstad
"""


def is_empty() -> bool:
    """Whether nothing has been put in yet."""
    return not any(count(query) for query in (Neighbourhood.all(), db.select(Article), db.select(StaffMember)))


def has_places() -> bool:
    """Whether somebody put in a wijk or a theme."""
    return any(count(query) for query in (Neighbourhood.all(), Topic.all()))


def add_places() -> None:
    """The eleven wijken and the themes."""
    db.session.add_all(Neighbourhood(**row) for row in rows("neighbourhoods"))
    db.session.add_all(Topic(**row) for row in rows("topics"))
    db.session.commit()


def add_staff(*, at: datetime) -> None:
    """One or two of each role; the passwords are drawn here and stand in the data dir alone."""
    logins = []
    for row in rows("staff"):
        password = secrets.token_urlsafe(12)
        accounts.create_member(**row, password=password, at=ago(at, 200))
        logins.append({"email": row["email"], "role": row["role"], "password": password})
    path = current_app.config["DATA_DIR"] / LOGIN_FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(logins, indent=2) + "\n")


def member(email: str) -> StaffMember:
    """A member of staff by address."""
    return db.session.scalars(sa.select(StaffMember).where(StaffMember.email == email)).one()


def import_articles(*, at: datetime) -> None:
    """Every Markdown file of articles/, as `flask news import` does it."""
    known = {
        "neighbourhoods": [slug for slug, _name in places.neighbourhood_choices()],
        "topics": [slug for slug, _name in places.topic_choices()],
    }
    taken = reserved(rule.rule for rule in current_app.url_map.iter_rules())
    for path in sorted(Path(HERE, "articles").glob("*.md")):
        content = ArticleFile(path, places=known, reserved=taken).content(at=at)
        news.import_article(content, at=content.published_at or at)


def add_workgroups(*, at: datetime) -> None:
    """Four groups, each with meetings behind and ahead of it."""
    for position, row in enumerate(rows("workgroups")):
        (neighbourhood,) = places.neighbourhoods([row["neighbourhood"]])
        workgroup = Workgroup(
            **{name: row[name] for name in ("slug", "name", "summary", "audience", "room_for_influence", "body")},
            phases=row["phases"],
            is_open=row["looking_for_people"],
            position=position,
            neighbourhood=neighbourhood,
            coordinator_id=member(row["coordinator"]).id,
            created_at=ago(at, 190),
            meetings=[_meeting(meeting, at=at) for meeting in row["meetings"]],
        )
        db.session.add(workgroup)
    db.session.commit()


def write_newsletters(*, at: datetime) -> None:
    """Two newsletters go out, one is being written, and one became a template."""
    editor, approver = member("e.smulders@voorbeeld.nl"), member("t.oudshoorn@voorbeeld.nl")
    for row in rows("newsletters"):
        made_at = ago(at, row["days_ago"])
        content = NewsletterContent(
            subject=row["subject"],
            preheader=row["preheader"],
            blocks=[_block(block, at=made_at) for block in row["blocks"]],
            topics=row.get("topics", ()),
        )
        newsletter_id = newsletters.create_newsletter(content, at=made_at, by=editor).id
        if row["state"] == NewsletterState.SENT:
            sending.approve_newsletter(newsletter_id, at=made_at + timedelta(hours=1), by=approver)
            sending.start_newsletter(newsletter_id, at=made_at + timedelta(hours=2), by=editor)
    starting_points.keep_template(1, "Brief over een werkgroep", at=at, by=editor)


def _block(row: dict[str, Any], *, at: datetime) -> BlockContent:
    """The meeting of a work group is the one that was next at `at`."""
    if "article" in row:
        query = db.select(Article).where(Article.slug == row["article"])
        return block_kinds.from_article(db.session.scalars(query).unique().one())
    if "workgroup" in row:
        return block_kinds.from_workgroup(db.session.scalars(Workgroup.called(row["workgroup"])).one(), at=at)
    fields = {name: text for name, text in row.items() if name not in {"kind", "image"}}
    key = _image(row["image"], at=at) if "image" in row else ""
    return BlockContent(BlockKind(row["kind"]), media=key, **fields)


def _image(name: str, *, at: datetime) -> str:
    return media.add_image(Path(HERE, "images", name).read_bytes(), name, at=at).key


def _meeting(row: dict[str, Any], *, at: datetime) -> Meeting:
    today = at.astimezone(AMSTERDAM).date()
    tuesday = today - timedelta(days=(today.weekday() - WRITTEN_ON_A) % 7)
    day = tuesday + timedelta(days=row["days_from_now"])
    starts_at = datetime.combine(day, time.fromisoformat(row["time"]), AMSTERDAM)
    ends_at = starts_at + timedelta(minutes=row["minutes"])
    texts = {name: row.get(name) or "" for name in ("title", "location", "text")}
    return Meeting(starts_at=starts_at, ends_at=ends_at, **texts)


def add_lists(*, at: datetime) -> None:
    """Through the same services as the pages of staff."""
    by = member(BY)
    then = at - timedelta(days=12)
    number = imports.keep_file("wijkfeest.csv", FAIR.encode(), by=by, at=then)
    columns = {"email": 0, "neighbourhoods": 1, "topics": 2, "consent_at": 3, "consent_source": 4}
    imports.start_import(number, imports.ImportChoice(columns, source="", given_at=None), by=by, at=then)
    imports.import_waiting(threading.Event(), now=lambda: then)
    imports.keep_file("markt.csv", MARKET.encode(), by=by, at=at)
