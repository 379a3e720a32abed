"""Many residents at once, and one resident who clicks many times."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.contact.models import Message
from dordt.extensions import db
from dordt.mailer.models import Delivery
from tests.support.visitors import new_visitor

VISITORS = 32
FILLED = {
    "name": "Anna de Vries",
    "neighbourhood": "sterrenburg",
    "topic": "groen-en-spelen",
    "message": "De bank is kapot.",
    "keep_informed": "y",
}

pytestmark = pytest.mark.usefixtures("places")


def send_at_once(app, email: str = "anna@voorbeeld.nl", **changes: Any) -> list[int]:
    def send(number: int) -> int:
        values = {**FILLED, "email": email.format(number), **changes}
        with app.app_context():
            return new_visitor(app).post("/contact/", data=values, check=False).status_code

    with ThreadPoolExecutor(VISITORS) as pool:
        return list(pool.map(send, range(VISITORS)))


def test_thirty_two_residents_at_once_all_get_a_number_of_their_own(app):
    statuses = send_at_once(app, "bewoner{}@voorbeeld.nl")

    assert statuses == [303] * VISITORS
    references = db.session.scalars(sa.select(Message.reference)).all()
    numbers = sorted(int(reference.rpartition("-")[2]) for reference in references)
    assert numbers == list(range(1, VISITORS + 1))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 2 * VISITORS


def test_the_same_form_sent_many_times_at_once_is_one_message(app):
    statuses = send_at_once(app, submission_key="een-keer-getoond-en-vaak-geklikt")

    assert statuses == [303] * VISITORS
    assert db.session.scalars(sa.select(Message.reference)).all() == [db.session.scalar(sa.select(Message.reference))]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 2
