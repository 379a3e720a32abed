"""What is done inside the application before a newsletter leaves; each command is a process of its own."""

import json
import sys
import time
from contextlib import redirect_stdout

import sqlalchemy as sa
from flask_migrate import upgrade

from dordt.extensions import db
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.services import editing
from dordt.newsletters.sending import services as sending
from dordt.shared import clock
from dordt.subscribers.models import Subscriber, SubscriberState

PARAGRAPH = "Bewoners en gemeente werken samen aan een groene en veilige buurt, met ideeën van u en uw buren. "
INTRO = "De plannen voor het park zijn geteld. Op zaterdag laten wij zien wat ermee gebeurt.\n\n" + "\n\n".join(
    f"## Bericht {number}\n\n{PARAGRAPH * 7}" for number in range(1, 6)
)
NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
    " SELECT n FROM numbers",
    "postgresql": "SELECT n FROM generate_series(1, :count) AS numbers(n)",
}


def build(count: int) -> None:
    """A database with the newest tables and this many confirmed subscribers."""
    with redirect_stdout(sys.stderr):
        upgrade()
    dialect = db.engine.dialect.name
    address = "'lezer' || n || '@voorbeeld.nl'"
    columns = "email, email_key, state, link_version, asked_at, confirmed_at"
    rows = f"SELECT {address}, {address}, :state, 1, :at, :at FROM ({NUMBERS[dialect]}) AS numbered"  # noqa: S608
    insert = sa.text(f"INSERT INTO {Subscriber.__tablename__} ({columns}) {rows}")  # noqa: S608
    moment = sa.bindparam("at", clock.now(), type_=Subscriber.asked_at.type)
    with db.engine.begin() as connection:
        connection.execute(insert.bindparams(moment, count=count, state=SubscriberState.CONFIRMED.value))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def start() -> None:
    """Freeze a newsletter to all of them; prints the number of its mail, its size and the seconds it took."""
    at = clock.now()
    content = NewsletterContent(
        subject="Nieuws uit uw wijk",
        preheader="Wat er deze maand speelt.",
        blocks=[BlockContent(BlockKind.INTRO, text=INTRO)],
    )
    newsletter = editing.create_newsletter(content, at=at)
    sending.approve_newsletter(newsletter.id, at=at)
    begun = time.perf_counter()
    sending.start_newsletter(newsletter.id, at=at)
    seconds = time.perf_counter() - begun
    mail = newsletter.mail
    assert mail
    print(json.dumps({"mail_id": mail.id, "count": mail.frozen_count, "seconds": seconds}))


if __name__ == "__main__":
    from wsgi import app  # the settings are read at import

    with app.app_context():
        if sys.argv[1] == "build":
            build(int(sys.argv[2]))
        else:
            start()
