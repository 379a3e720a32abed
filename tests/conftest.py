"""What every test stands on; the parts live in tests/support/."""

import gc
import os

from hypothesis import HealthCheck, settings

gc.disable()  # until every test is collected: nothing of that is garbage
settings.register_profile("dordt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dordt")  # no test depends on the clock of a busy machine

SETTINGS_OF_THE_DEVELOPER = (
    *(
        "DATABASE_URL",
        "DORDT_DATA_DIR",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "TOTP_SECRET",
        "SITE_URL",
        "PORT",
        "HOST",
    ),
    *("MEDIA_URL", "CONTACT_ADDRESS", "IMAP_URL", "IMAP_MOVE_TO", "PROXY_HOPS", "DNS_SERVER"),
    *(name for name in os.environ if name.startswith("MAIL_")),
)
for (
    name
) in SETTINGS_OF_THE_DEVELOPER:  # before anything of ours is imported: a test must not reach a real database or relay
    os.environ.pop(name, None)
os.environ["DORDT_ENV"] = "testing"

pytest_plugins = [
    "tests.support.front_end",
    "tests.support.sockets",
    "tests.support.visitors",
    "tests.support.databases",
    "tests.support.seeded",
    "tests.support.posted",
    "tests.support.relay",
    "tests.support.workers",
    "tests.support.imap_server",
    "tests.support.dns_server",
    "tests.support.live_site",
    "tests.support.browser",
    "tests.support.counting",
]


def pytest_collection_finish() -> None:
    """What was collected stays until the end, so it is not looked through again and again for garbage."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)
