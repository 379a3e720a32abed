"""Somebody fills the join form in, and who applied so far."""

from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.workgroups import services
from dordt.workgroups.models import Membership

FILLED = {"name": "Anna de Vries", "email": "Anna@Voorbeeld.nl", "neighbourhood": "sterrenburg"}


def join(client, group, **changes: Any):
    return client.post(f"/werkgroepen/{group.slug}/aanmelden/", data={**FILLED, **changes})


def application() -> services.MembershipApplication:
    return services.MembershipApplication(phone="", motivation="", show_name=False, **FILLED)


def memberships() -> list[Membership]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Membership).order_by(Membership.id)))
