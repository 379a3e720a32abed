"""One message as our worker sends it, so that all ways send the same."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from tools.bench.installations import Sqlite
from tools.bench.ours import Ledger, at_work, wait_for
from tools.bench.sinks import counting_sink

CONTENT = sa.text("SELECT text, html FROM mail WHERE id = :mail_id")


@dataclass(frozen=True)
class Specimen:
    """The message as it left, in a file for `smtp-source`, and the two parts that it was made of."""

    content: bytes
    file: Path
    text: Path
    html: Path

    @property
    def size(self) -> int:
        """In octets, as it goes over the line."""
        return len(self.content)


def write(database: Sqlite, folder: Path) -> Specimen:
    """Send one, and keep what came in."""
    with counting_sink() as sink, database.installation(1) as installation:
        frozen = installation.freeze()
        relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(sink.port), "MAIL_CONNECTIONS": "1"}
        with Ledger(installation, frozen, datetime.now(UTC)) as ledger, at_work(installation, 1, **relay) as staff:
            wait_for(lambda: ledger.states == {"accepted": 1}, staff)
            ((text, html),) = ledger.ask(CONTENT)
        content = sink.tally()["last"].replace("\r\n..", "\r\n.").encode("latin-1")
    parts = {"message": content.replace(b"\r\n", b"\n"), "text": text.encode(), "html": html.encode()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        (folder / name).write_bytes(part)
    return Specimen(content, *(folder / name for name in parts))
