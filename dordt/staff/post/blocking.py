"""Blocking an address and releasing it again, on the word of a member of staff, with a line in the log."""

from datetime import datetime

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.models import Suppression, SuppressionCause, SuppressionScope
from dordt.mailer.suppression import list as suppression_list


def block(written: str, scope: SuppressionScope, reason: str, *, by: StaffMember, at: datetime) -> bool:
    """Let no more mail of this scope go to an address or '@domain'; False when that was so already.

    Raises AddressRefused.
    """
    cause = SuppressionCause.STAFF
    key = suppression_list.key_of(written)
    added = suppression_list.add(key, scope=scope, cause=cause, reason=reason, at=at)
    if added:
        _record("suppression.added", added, by, scope=scope, cause=cause, at=at)
    db.session.commit()
    return added is not None


def release(suppression: Suppression, *, by: StaffMember, at: datetime) -> bool:
    """Let mail go to this address again; False when somebody else released it a moment ago."""
    scope, cause = suppression.scope, suppression.cause
    is_released = suppression_list.release(suppression.id)
    if is_released:
        _record("suppression.released", suppression.id, by, scope=scope, cause=cause, at=at)
    db.session.commit()
    return is_released


def _record(
    action: str,
    suppression_id: int,
    by: StaffMember,
    *,
    scope: SuppressionScope,
    cause: SuppressionCause,
    at: datetime,
) -> None:
    audit.record(
        action,
        subject=("suppression", suppression_id),
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        scope=scope,
        cause=cause,
    )
