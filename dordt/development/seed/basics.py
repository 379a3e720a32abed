"""Wijken, themes and members of staff."""

import json
import secrets
from datetime import datetime

from flask import current_app

from dordt.accounts import services as accounts
from dordt.accounts.models import StaffMember
from dordt.development.seed.reading import ago, rows
from dordt.extensions import db
from dordt.news.models import Article
from dordt.places.models import Neighbourhood, Topic
from dordt.shared.reading import count

LOGIN_FILE = "staff-login"


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
    return db.session.scalars(db.select(StaffMember).where(StaffMember.email == email)).one()
