"""The start page: what needs me today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.contact.models import Message, MessageStatus
from dordt.mailer.models import Delivery, InboundMail
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import plans
from dordt.newsletters.sending.plans import PlanStatus
from dordt.shared import clock
from dordt.shared.formats import capital
from dordt.shared.reading import count, rows
from dordt.staff.access import coordinator_scope, is_open, may, member
from dordt.staff.contact.inbox import read_by
from dordt.staff.log import labels
from dordt.staff.log import views as log
from dordt.staff.newsletters.views import UNDERWAY
from dordt.staff.post.listing import NOT_ARRIVED, not_arrived
from dordt.staff.post.views import WAITING
from dordt.workgroups.models import Membership, MembershipState

bp = Blueprint("start", __name__)
SHOWN = 5
CHANGES = 8
# What leads from a number to the list of exactly those.
NEW: dict[str, Any] = {"status": MessageStatus.NEW.value}
LATE: dict[str, Any] = {"termijn": "te-laat"}
REPLIED: dict[str, Any] = {"reactie": "nieuw"}
REQUESTED: dict[str, Any] = {"status": MembershipState.REQUESTED.value}


@dataclass(frozen=True)
class WaitingItem:
    """One thing that waits: what, where it opens, and since or by when. `trouble`: what is wrong, and why."""

    who: str
    what: str
    url: str
    when: date | datetime | None
    by: str = ""  # stands before a day that is still to come
    is_unread: bool = False
    trouble: tuple[str, str] | None = None


@dataclass(frozen=True)
class WaitingList:
    """One kind of things that wait; `id` ties the tile above to the list below."""

    id: str
    title: str
    tile: tuple[str, str]  # for one, and for none or several
    count: int
    items: Sequence[WaitingItem]
    section_url: str
    empty: str
    is_urgent: bool = False


@bp.get("/")
def index() -> ResponseReturnValue:
    return render_template(
        "staff/start/index.html",
        waiting=list(_waiting_lists(clock.now())),
        changes=log.recent(CHANGES),
        labels=labels,
    )


def _waiting_lists(at: datetime) -> Iterator[WaitingList]:
    day = at.astimezone(clock.AMSTERDAM).date()
    if is_open("staff.contact"):
        yield _replies(day)
        yield _messages("te-laat", "Berichten die te laat zijn", ("te laat", "te laat"), overdue_messages(day), day)
        yield _messages("berichten", "Nieuwe berichten", ("nieuw bericht", "nieuwe berichten"), new_messages(), day)
    if may(Right.SEE_CONTACT_DETAILS):
        yield _memberships()
    yield _newsletters(at)
    if is_open("staff.post"):
        yield _deliveries(at)
        if may(Right.SEE_CONTACT_DETAILS):
            yield _received()


def _messages(name: str, title: str, tile: tuple[str, str], query: "sa.Select[Message]", day: date) -> WaitingList:
    found, is_late = rows(query.limit(SHOWN)), name == "te-laat"
    read = set(rows(read_by(member().id, found)))
    return WaitingList(
        id=name,
        title=title,
        tile=tile,
        count=count(query),
        items=[_message_item(each, is_unread=each.id not in read, day=day) for each in found],
        section_url=url_for("staff.contact.inbox", **(LATE if is_late else NEW)),
        empty="Elk bericht is op tijd beantwoord." if is_late else "Schrijft een bewoner ons? Dan staat het hier.",
        is_urgent=is_late,
    )


def _replies(day: date) -> WaitingList:
    """What residents added and I have not opened, also under a message that I or a colleague had read before."""
    query = Message.with_new_reply(member().id)
    return WaitingList(
        id="reacties",
        title="Nieuwe reacties van bewoners",
        tile=("nieuwe reactie van een bewoner", "nieuwe reacties van bewoners"),
        count=count(query),
        items=[_reply_item(each, day) for each in rows(query.limit(SHOWN))],
        section_url=url_for("staff.contact.inbox", **REPLIED),
        empty="Reageert een bewoner op wat wij schreven? Dan staat dat bericht hier tot u het leest.",
    )


def _reply_item(message: Message, day: date) -> WaitingItem:
    return replace(_message_item(message, is_unread=True, day=day), when=message.added_to_at, by="")


def _message_item(message: Message, *, is_unread: bool, day: date) -> WaitingItem:
    return WaitingItem(
        who=message.name if may(Right.SEE_CONTACT_DETAILS) else message.reference,
        what=message.topic.name if message.topic else message.reference,
        url=url_for("staff.contact.message", message_id=message.id),
        when=message.reply_by_on,
        by="uiterlijk ",
        is_unread=is_unread,
        trouble=("Te laat", "") if message.is_overdue(day) else None,
    )


def _memberships() -> WaitingList:
    query = requested_memberships(coordinator_scope())
    return WaitingList(
        id="aanmeldingen",
        title="Aanmeldingen voor een werkgroep",
        tile=("wil meedoen", "willen meedoen"),
        count=count(query),
        items=[_membership_item(each) for each in rows(query.limit(SHOWN))],
        section_url=url_for("staff.workgroups.memberships", **REQUESTED),
        empty="Meldt een bewoner zich aan? Dan beslist u hier of dat kan.",
    )


def _membership_item(found: Membership) -> WaitingItem:
    url = url_for("staff.workgroups.membership", membership_id=found.id)
    return WaitingItem(found.name, capital(found.workgroup.name), url, found.confirmed_at)


def _newsletters(at: datetime) -> WaitingList:
    query = newsletters_underway(at)
    found = rows(query.limit(SHOWN))
    statuses = plans.statuses(found, at=at)
    items = [_newsletter_item(each, statuses.get(each.id)) for each in found]
    return WaitingList(
        id="nieuwsbrieven",
        title="Nieuwsbrieven in de maak",
        tile=("nieuwsbrief in de maak", "nieuwsbrieven in de maak"),
        count=count(query),
        items=items,
        section_url=url_for("staff.newsletters.index", status=UNDERWAY),
        empty="Begint een collega een nieuwsbrief? Dan ziet u hier hoe ver die is.",
        is_urgent=any(item.trouble for item in items),
    )


def _newsletter_item(found: Newsletter, status: PlanStatus | None) -> WaitingItem:
    """A plan that did not come off says so, and why."""
    url = url_for("staff.newsletters.show", newsletter_id=found.id)
    is_troubled = status is not None and (status.is_late or status.reason)
    trouble = (status.label, status.reason or "") if status and is_troubled else None
    about = found.subject if found.has_number else STATE_LABELS[found.state]
    return WaitingItem(capital(found.name), about, url, found.updated_at, trouble=trouble)


def _deliveries(at: datetime) -> WaitingList:
    query = troubled_deliveries(at)
    return WaitingList(
        id="post",
        title="Post die niet aankwam",
        tile=("e-mail niet aangekomen", "e-mails niet aangekomen"),
        count=count(query),
        items=[_delivery_item(each) for each in rows(query.limit(SHOWN))],
        section_url=url_for("staff.post.index", status=NOT_ARRIVED),
        empty="Komt een e-mail niet aan? Dan leest u hier waarom.",
    )


def _delivery_item(found: Delivery) -> WaitingItem:
    who = found.address if may(Right.SEE_CONTACT_DETAILS) else f"E-mail {found.id}"
    return WaitingItem(who, found.mail.subject, url_for("staff.post.show", delivery_id=found.id), found.created_at)


def _received() -> WaitingList:
    query = InboundMail.waiting()
    return WaitingList(
        id="binnengekomen",
        title="Binnengekomen e-mail",
        tile=("e-mail wacht op u", "e-mails wachten op u"),
        count=count(query),
        items=[_received_item(each) for each in rows(query.limit(SHOWN))],
        section_url=url_for("staff.post.inbound", status=WAITING),
        empty="Komt er e-mail binnen waar iemand naar moet kijken? Dan leest u die hier.",
    )


def _received_item(found: InboundMail) -> WaitingItem:
    url = url_for("staff.post.show_inbound", mail_id=found.id)
    return WaitingItem(found.sender or "Zonder afzender", found.subject or "Zonder onderwerp", url, found.received_at)


def new_messages() -> "sa.Select[Message]":
    """Messages that nobody took up, the one to answer first on top."""
    return Message.with_status(MessageStatus.NEW).order_by(Message.reply_by_on, Message.id)


def overdue_messages(today: date) -> "sa.Select[Message]":
    """Messages whose day of answer has passed."""
    return sa.select(Message).where(Message.overdue(today)).order_by(Message.reply_by_on, Message.id)


def requested_memberships(coordinator_id: int | None) -> "sa.Select[Membership]":
    """People who wait for a decision, the one who waits longest on top; of all groups, or those of one coordinator."""
    waiting = Membership.of_groups(coordinator_id).where(Membership.state == MembershipState.REQUESTED)
    return waiting.order_by(None).order_by(Membership.confirmed_at, Membership.id)


def newsletters_underway(at: datetime) -> "sa.Select[Newsletter]":
    """Newsletters that are not finished: those that should have started on top, then the one worked on last."""
    should_have_started = Newsletter.id.in_(Newsletter.due(at).order_by(None).with_only_columns(Newsletter.id))
    return Newsletter.underway().order_by(None).order_by(should_have_started.desc(), Newsletter.updated_at.desc())


def troubled_deliveries(at: datetime) -> "sa.Select[Delivery]":
    """Mail of the last weeks that did not arrive, or may not have; who complained did get it."""
    return sa.select(Delivery).where(not_arrived(at)).order_by(Delivery.id.desc())
