"""One subscriber: the proof of consent, what was sent, and taking somebody off the list."""

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import Delivery, Mail, MailKind
from dordt.mailer.suppression.rules import is_suppressed_for
from dordt.newsletters.sending import audience
from dordt.shared import clock
from dordt.shared.reading import count, row_or_404, rows
from dordt.staff.guard import member, requires
from dordt.staff.subscribers.forms import UnsubscribeForm
from dordt.staff.subscribers.room import NUMBER, bp
from dordt.subscribers import services
from dordt.subscribers.labels import METHOD_WORDS, REASON_WORDS, STATE_WORDS, WAY_WORDS
from dordt.subscribers.models import Subscriber, Unsubscription
from dordt.subscribers.services import consent_export

OUR_MAILS = ("confirm_subscription", "already_subscribed", "welcome", "confirm_new_address", "address_changed")
DELIVERIES_SHOWN = 20


@bp.get(f"/{NUMBER}/")
@requires(Right.READ)
def show(subscriber_id: int) -> ResponseReturnValue:
    """One subscriber: the choices, the proof of consent, and what was sent."""
    row_or_404(Subscriber.numbered(subscriber_id))
    audit.record_reading(member().id, subject=("subscriber", subscriber_id), at=clock.now())
    return _shown(subscriber_id, UnsubscribeForm())


@bp.post(f"/{NUMBER}/afmelden/")
@requires(Right.SEE_CONTACT_DETAILS)
def unsubscribe(subscriber_id: int) -> ResponseReturnValue:
    """Take this person off the list, at their own request."""
    row_or_404(Subscriber.numbered(subscriber_id))
    form = UnsubscribeForm()
    if form.validate_on_submit():
        services.unsubscribe_for(subscriber_id, form.reason.data, by=member(), at=clock.now())
        flash("Deze abonnee is afgemeld en krijgt geen nieuwsbrief meer.", "ok")
        return redirect(url_for(".show", subscriber_id=subscriber_id), code=303)
    return _shown(subscriber_id, form)


def _shown(subscriber_id: int, form: UnsubscribeForm) -> ResponseReturnValue:
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    template = render_template(
        "staff/subscribers/show.html",
        subscriber=subscriber,
        form=form,
        proofs=consent_export.proofs_of(subscriber),
        elsewhere=consent_export.ELSEWHERE,
        departure=next(iter(rows(Unsubscription.last_of(subscriber_id))), None),
        is_suppressed=bool(count(_suppression_of(subscriber))),
        deliveries=rows(_deliveries_to(subscriber)),
        state_words=STATE_WORDS,
        method_words=METHOD_WORDS,
        delivery_labels=DELIVERY_LABELS,
        way_words=WAY_WORDS,
        reason_words=REASON_WORDS,
    )
    return template, form.status


def _deliveries_to(subscriber: Subscriber) -> "sa.Select[Delivery]":
    """What went out about the newsletter; other mail to this address is the business of other rooms."""
    about = sa.or_(Mail.kind == MailKind.NEWSLETTER, Mail.name.in_(OUR_MAILS))
    query = sa.select(Delivery).join(Delivery.mail).options(sa.orm.contains_eager(Delivery.mail))
    mine = query.where(Delivery.address_key == subscriber.email_key, about)
    return mine.order_by(Delivery.id.desc()).limit(DELIVERIES_SHOWN)


def _suppression_of(subscriber: Subscriber) -> "sa.Select[int]":
    """This subscriber, if the address gets no newsletter."""
    is_suppressed = is_suppressed_for(Subscriber.email_key, MailKind.NEWSLETTER, audience.LIST_ID)
    return sa.select(Subscriber.id).where(Subscriber.id == subscriber.id, is_suppressed)
