"""Settings, files, database and worker of this installation."""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from dordt.extensions import db
from dordt.mailer.models import DUE_STATES, Delivery, Mail, MailState
from dordt.operations.findings import Finding, fail, info, ok, warn
from dordt.shared.database import reading

SHORTEST, FEWEST = 32, 10  # characters of a secret, and different ones among them
EXAMPLES = ("change", "verander", "secret", "geheim", "example", "voorbeeld", "default", "insecure", "password", "dev-")
HOW = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
LONG_AGO = timedelta(minutes=15)
OWN_MACHINE = {None, "", "localhost", "127.0.0.1", "::1"}


def check(config: Mapping[str, Any], *, at: datetime) -> Iterator[Finding]:
    """All that can be seen without the network."""
    yield _environment(config["ENVIRONMENT"])
    yield _secret("SECRET_KEY", config["SECRET_KEY"] or "")
    if config["TOTP_SECRET"]:  # needed from the day that staff sign in with a second factor
        yield _secret("TOTP_SECRET", config["TOTP_SECRET"])
    if config["SECRET_KEY"] and config["SECRET_KEY"] == config["TOTP_SECRET"]:
        yield fail("secrets", "SECRET_KEY and TOTP_SECRET are the same; each must be its own")
    for key in config["SECRET_KEY_FALLBACKS"]:
        yield _secret("SECRET_KEY_FALLBACKS", key)
    yield from _site_url(config)
    yield _folder(config["DATA_DIR"])
    yield from _key_files(config)
    yield from _database(config, at)


def _environment(name: str) -> Finding:
    if name == "production":
        return ok("settings", "DORDT_ENV is production")
    return fail("settings", f"DORDT_ENV is {name}; for residents it must be production (or not set)")


def _secret(name: str, value: str) -> Finding:
    if len(value) < SHORTEST or len(set(value)) < FEWEST:
        return fail("secrets", f"{name} is too short or too simple; make one with {HOW}")
    if any(word in value.lower() for word in EXAMPLES):
        return fail("secrets", f"{name} looks like an example; make one with {HOW}")
    return ok("secrets", f"{name} is long enough")


def _site_url(config: Mapping[str, Any]) -> Iterator[Finding]:
    parts = urlsplit(config["SITE_URL"])
    if parts.scheme != "https":
        yield fail("site", "SITE_URL must begin with https://: nobody can sign in, and links in mails are not safe")
    elif parts.path or parts.hostname is None or "." not in parts.hostname:
        yield fail("site", "SITE_URL must be https:// and a host, without a path")
    else:
        yield ok("site", f"SITE_URL is {config['SITE_URL']}")
    if not config["PROXY_HOPS"]:
        yield warn("site", "PROXY_HOPS is 0: behind a proxy, forms are refused and all visitors seem to be one")


def _folder(folder: Path) -> Finding:
    try:
        mode = folder.stat().st_mode
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as wrong:
        return fail("data", f"nothing can be written in DORDT_DATA_DIR: {wrong.strerror}")
    if mode & stat.S_IRWXO:
        return fail("data", f"everybody on this machine can look into DORDT_DATA_DIR: chmod 700 {folder}")
    return ok("data", f"{folder} can be written, and others cannot look into it")


def _key_files(config: Mapping[str, Any]) -> Iterator[Finding]:
    for name in ("MAIL_DKIM_KEY_FILE", "MAIL_DKIM_ED25519_KEY_FILE"):
        path = config[name]
        if path and os.path.exists(path) and os.stat(path).st_mode & stat.S_IRWXO:
            yield fail("secrets", f"everybody on this machine can read {name}: chmod 640 {path}")


def _database(config: Mapping[str, Any], at: datetime) -> Iterator[Finding]:
    with reading():
        problem = database_problem()
    if problem:
        hint = ": flask --app wsgi db upgrade" if "migrated" in problem else "; look at DATABASE_URL"
        yield fail("database", problem + hint)
        return
    yield ok("database", "it answers, and is migrated")
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        yield info("database", "SQLite: web and workers must stand on this one machine; PostgreSQL serves several")
    elif url.host not in OWN_MACHINE and url.query.get("sslmode") != "verify-full":
        yield warn("database", "it stands on another machine: add ?sslmode=verify-full to DATABASE_URL")
    yield _worker(at)


def _worker(at: datetime) -> Finding:
    is_due = (Delivery.state.in_(DUE_STATES), Delivery.next_attempt_at <= at, Mail.state == MailState.RUNNING)
    query = sa.select(sa.func.min(Delivery.next_attempt_at)).join(Delivery.mail).where(*is_due)
    try:
        with reading(), db.engine.connect() as connection:
            oldest = connection.scalar(query)
    except SQLAlchemyError as wrong:
        return fail("worker", f"the ledger cannot be read: {type(wrong).__name__}")
    if oldest is None:
        return ok("worker", "no mail waits; whether a worker runs shows with the first mail")
    if at - oldest > LONG_AGO:
        return fail("worker", f"mail waits since {oldest:%Y-%m-%d %H:%M} UTC: does `flask --app wsgi mailer run` run?")
    return ok("worker", "mail waits for less than fifteen minutes")


def database_problem() -> str | None:
    """What keeps this process from its work, or None. The text tells a stranger nothing about the inside."""
    try:
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            found = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as unreachable:
        current_app.logger.error("The database cannot be reached: %s", type(unreachable).__name__)
        return "database unreachable"
    return None if found == _expected(current_app.extensions["migrate"].directory) else "database not migrated"


@cache
def _expected(migrations: str) -> set[str]:
    return set(ScriptDirectory(migrations).get_heads())
