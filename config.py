"""Settings per environment, read from environment variables; imports nothing of ours."""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

HERE = Path(__file__).resolve().parent


class SettingProblem(RuntimeError):
    """A setting is missing or cannot be what it is; the text names it, and never repeats a secret."""


def data_dir() -> Path:
    """Where the database, the queue, media and the local mailbox live."""
    return Path(os.environ.get("DORDT_DATA_DIR") or HERE / "instance").resolve()


def database_url(given: str | None, folder: Path) -> str:
    """An SQLAlchemy URL: `postgres://` and `postgresql://` mean psycopg 3, nothing means SQLite in the data dir."""
    if not given:
        return f"sqlite:///{folder / 'dordt.sqlite'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            given = "postgresql+psycopg://" + given.removeprefix(prefix)
    with contextlib.suppress(ArgumentError):
        if make_url(given).get_backend_name() in {"postgresql", "sqlite"}:
            return given
    raise SettingProblem(
        "DATABASE_URL must be the address of a PostgreSQL or SQLite database: postgresql://user@host/name."
    )


def site_url(given: str | None) -> str:
    """Where residents find the site; every link in a mail begins with it."""
    if given and not given.startswith(("https://", "http://")):
        raise SettingProblem(f"SITE_URL is {given!r}; it must begin with https:// (or http://).")
    return (given or "").rstrip("/")


def kept_secret(folder: Path, name: str) -> str:
    """A secret made once and kept in the data dir, so that development links and sessions survive a restart."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f".{name}-{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # atomic: of two processes that start together, one wins and both read the same
        fresh.unlink()
    return path.read_text().strip()


def flag(name: str, default: bool = False) -> bool:
    """An environment variable read as yes or no."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int | None) -> int | None:
    """An environment variable read as a whole number; empty counts as not set."""
    given = os.environ.get(name, "").strip()
    if given and not given.isdecimal():
        raise SettingProblem(f"{name} is {given!r}; it must be a whole number.")
    return int(given) if given else default


class Settings:
    """What all environments share. Every name in REQUIRED must have a value before the application starts."""

    ENVIRONMENT = ""
    REQUIRED: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        folder = data_dir()
        self.DATA_DIR = folder
        self.SECRET_KEY = os.environ.get("SECRET_KEY")
        self.SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
        self.TOTP_SECRET = os.environ.get("TOTP_SECRET")  # for the second factor of staff, once there is one
        self.SITE_URL = site_url(os.environ.get("SITE_URL"))
        self.SQLALCHEMY_DATABASE_URI = database_url(os.environ.get("DATABASE_URL"), folder)
        self.CONTACT_ADDRESS = os.environ.get("CONTACT_ADDRESS", "wijken@dordrecht.nl")
        self.SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT") or f"mailto:{self.CONTACT_ADDRESS}"
        self.MEDIA_URL = os.environ.get("MEDIA_URL") or (folder / "media").as_uri()
        self.MAIL_CATCHER_FILE: Path | None = None
        self.MAIL_SERVER = os.environ.get("MAIL_SERVER") or "127.0.0.1"
        self.MAIL_PORT = number("MAIL_PORT", 25)
        self.MAIL_USERNAME = os.environ.get("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD") or None
        self.MAIL_USE_TLS = flag("MAIL_USE_TLS")
        self.MAIL_USE_SSL = flag("MAIL_USE_SSL")
        self.MAIL_DEFAULT_SENDER = os.environ.get("MAIL_DEFAULT_SENDER") or f"Dordt aan Zet <{self.CONTACT_ADDRESS}>"
        self.MAIL_CONNECTIONS = number("MAIL_CONNECTIONS", 4)
        self.MAIL_MAX_EMAILS = number("MAIL_MAX_EMAILS", None)  # messages per connection; None: as many as there are
        self.MAIL_RATE_PER_SECOND = number("MAIL_RATE_PER_SECOND", None)  # these three: of all workers together
        self.MAIL_RATE_PER_HOUR = number("MAIL_RATE_PER_HOUR", None)
        self.MAIL_RATE_PER_DAY = number("MAIL_RATE_PER_DAY", None)
        self.MAIL_BACKUP_SERVER = os.environ.get("MAIL_BACKUP_SERVER") or None  # used while the first cannot be reached
        self.MAIL_BACKUP_PORT = number("MAIL_BACKUP_PORT", 25)
        self.MAIL_BACKUP_USERNAME = os.environ.get("MAIL_BACKUP_USERNAME") or None
        self.MAIL_BACKUP_PASSWORD = os.environ.get("MAIL_BACKUP_PASSWORD") or None
        self.MAIL_BACKUP_USE_TLS = flag("MAIL_BACKUP_USE_TLS")
        self.MAIL_BACKUP_USE_SSL = flag("MAIL_BACKUP_USE_SSL")
        self.MAIL_BOUNCE_DOMAIN = os.environ.get("MAIL_BOUNCE_DOMAIN") or None  # bounces+…@ it come back to `receive`
        self.IMAP_URL = os.environ.get("IMAP_URL") or None  # imaps://user:password@host/folder
        self.IMAP_MOVE_TO = os.environ.get("IMAP_MOVE_TO") or None  # a folder for what was stored; None: remove it
        self.MAIL_DKIM_DOMAIN = os.environ.get("MAIL_DKIM_DOMAIN") or None  # None: that of the sender
        self.MAIL_DKIM_SELECTOR = os.environ.get("MAIL_DKIM_SELECTOR") or None
        self.MAIL_DKIM_KEY_FILE = os.environ.get("MAIL_DKIM_KEY_FILE") or None  # PEM; None: the relay signs
        self.MAIL_DKIM_ED25519_SELECTOR = os.environ.get("MAIL_DKIM_ED25519_SELECTOR") or None
        self.MAIL_DKIM_ED25519_KEY_FILE = os.environ.get("MAIL_DKIM_ED25519_KEY_FILE") or None
        self.DNS_SERVER = os.environ.get("DNS_SERVER") or None  # whom `check` asks; None: whom the machine asks
        self.PROXY_HOPS = number("PROXY_HOPS", 0)

    MAIL_SUPPRESS_SEND = False
    MAIL_TIMEOUT = 30  # seconds for each reply of the relay

    NEWS_ARCHIVE_AFTER_MONTHS = 12
    CONFIRM_WITHIN = timedelta(days=7)
    ONE_MAIL_PER = timedelta(hours=1)
    MAILS_PER_INBOX = 200  # in that time, for whoever did not prove the address; `a+b@c.nl` is the inbox of `a@c.nl`
    NEWSLETTER_TESTS_PER_HOUR = 30  # test mails of one member of staff
    SUBSCRIBE_LIMIT_OF_NETWORK = "60 per hour"  # mails that one network may have us send about the newsletter

    MAX_CONTENT_LENGTH = 55 * 1024 * 1024  # five files of 10 MB and the fields
    MAX_FORM_MEMORY_SIZE = 1024 * 1024
    MAX_FORM_PARTS = 700  # a newsletter of 40 blocks

    SESSION_COOKIE_NAME = "session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    WTF_CSRF_TIME_LIMIT = None
    WTF_CSRF_CHECK_DEFAULT = False  # every form checks its own token, so that nothing typed is lost
    STAFF_IDLE_TIMEOUT = timedelta(hours=1)
    STAFF_SESSION_LIFETIME = timedelta(hours=10)
    SIGN_IN_LIMIT = "10 per 5 minutes"  # wrong passwords for one account from one network
    SIGN_IN_LIMIT_OF_NETWORK = "100 per 5 minutes"

    HSTS = False
    SEND_FILE_MAX_AGE_DEFAULT = timedelta(days=365)  # built files carry a hash of their content in the name
    SQLALCHEMY_ENGINE_OPTIONS: ClassVar[dict[str, object]] = {
        "pool_pre_ping": True,
        "hide_parameters": True,  # what somebody typed stands in no error
    }


class Production(Settings):
    """For residents: nothing secret has a default, cookies are bound to HTTPS."""

    ENVIRONMENT = "production"
    REQUIRED = ("SECRET_KEY", "SITE_URL")
    SESSION_COOKIE_NAME = "__Host-session"
    SESSION_COOKIE_SECURE = True
    HSTS = True


class Development(Settings):
    """For `make run`: secrets are made and kept in the data dir, mail goes to the local catcher."""

    ENVIRONMENT = "development"
    REQUIRED = ("SECRET_KEY", "SITE_URL")
    MAILS_PER_INBOX = 100_000  # the mail catcher is flooded by nobody, and who tries things out uses one address
    SUBSCRIBE_LIMIT_OF_NETWORK = "100000 per hour"

    def __init__(self) -> None:
        super().__init__()
        self.SECRET_KEY = self.SECRET_KEY or kept_secret(self.DATA_DIR, "secret-key")
        self.MAIL_CATCHER_FILE = None if os.environ.get("MAIL_SERVER") else self.DATA_DIR / "smtp-address"
        self.SITE_URL = self.SITE_URL or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"


class Testing(Development):
    """For the tests: as production where it matters, without HTTPS."""

    ENVIRONMENT = "testing"
    TESTING = True
    MAILS_PER_INBOX = 20  # soon reached
    SUBSCRIBE_LIMIT_OF_NETWORK = "30 per hour"
    SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS: ClassVar[dict[str, int]] = {  # the same algorithm, a hundred times cheaper
        "argon2__rounds": 1,
        "argon2__memory_cost": 64,
        "argon2__parallelism": 1,
    }


ENVIRONMENTS = {kind.ENVIRONMENT: kind for kind in (Production, Development, Testing)}


def settings() -> Settings:
    """The settings of the environment that DORDT_ENV names."""
    name = os.environ.get("DORDT_ENV") or "production"
    if name not in ENVIRONMENTS:
        raise SystemExit(f"DORDT_ENV is {name!r}; it must be one of: {', '.join(sorted(ENVIRONMENTS))}.")
    return ENVIRONMENTS[name]()
