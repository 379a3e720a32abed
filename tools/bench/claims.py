"""Claims what is due, chunk by chunk, until only so many are left; a process of its own in an installation.

Between two claims the chunk is marked as accepted with one statement, as if it had been sent.
"""

import json
import sys
import time

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.models import Delivery, DeliveryState
from dordt.shared import clock

CHUNK = 500


def claim_until(left: int) -> None:
    """Print the seconds per claim, of the first tenth and of the last, and for counting the states."""
    mail_id, count = db.session.execute(sa.select(Delivery.mail_id, sa.func.count()).group_by(Delivery.mail_id)).one()
    waiting = count - outbox.progress(mail_id).get(DeliveryState.ACCEPTED, 0)
    counted = [_seconds_to_count(mail_id)]
    cursors: claiming.Cursors = {}
    seconds = []
    while waiting > left:
        begun = time.perf_counter()
        found = claiming.claim("the benchmark", min(CHUNK, waiting - left), at=clock.now(), cursors=cursors)
        db.session.commit()
        seconds.append(time.perf_counter() - begun)
        waiting -= len(found)
        _accept([due.id for due in found])
    counted.append(_seconds_to_count(mail_id))
    tenth = max(1, len(seconds) // 10)
    first, last = sum(seconds[:tenth]) / tenth, sum(seconds[-tenth:]) / tenth
    print(json.dumps({"claims": len(seconds), "first": first, "last": last, "counting": max(counted)}))


def _accept(ids: list[int]) -> None:
    done = {"state": DeliveryState.ACCEPTED, "accepted_at": clock.now(), "lease_owner": None, "lease_until": None}
    db.session.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(**done))
    db.session.commit()


def _seconds_to_count(mail_id: int) -> float:
    begun = time.perf_counter()
    outbox.progress(mail_id)
    return time.perf_counter() - begun


if __name__ == "__main__":
    from wsgi import app  # the settings are read at import

    with app.app_context():
        claim_until(int(sys.argv[1]))
