"""Who gets a newsletter: what it is about against what each subscriber chose, and who is left out, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import deliveries
from dordt.mailer.models import Mail, MailKind
from dordt.mailer.suppression.rules import is_suppressed_for
from dordt.newsletters.models import Newsletter
from dordt.places import services as places
from dordt.shared import reading
from dordt.shared.problems import NotAllowed
from dordt.subscribers.models import Subscriber, SubscriberState, subscriber_neighbourhood, subscriber_topic

LIST_ID = "nieuwsbrief"
COLUMNS = (Subscriber.id, Subscriber.email, Subscriber.email_key, Subscriber.link_version)


class RecipientStatus(StrEnum):
    """Status of a subscriber whose choices match. If several apply, the first in this order wins."""

    PAUSED = "paused"
    ALREADY = "already"  # got the earlier newsletter that this one is kept apart from
    SUPPRESSED = "suppressed"
    GETS = "gets"


@dataclass(frozen=True)
class AudienceChoice:
    """For whom a newsletter is, in row ids; nothing chosen means everybody. `not_to`: a mail that some got before."""

    neighbourhoods: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    not_to: int | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out by what was chosen."""
        return not (self.neighbourhoods or self.topics or self.not_to)


@dataclass(frozen=True)
class AudienceCount:
    """How many match a choice, each of them counted once: as a reader, or by the one reason for leaving them out."""

    gets: int = 0
    paused: int = 0
    already: int = 0
    suppressed: int = 0

    @property
    def matching(self) -> int:
        """All whose choices match, also who does not get it."""
        return self.gets + self.excluded

    @property
    def excluded(self) -> int:
        """How many of them do not get it."""
        return sum(self.reasons.values())

    @property
    def counts(self) -> dict[RecipientStatus, int]:
        """How many there are of each; together they are all that match."""
        return {RecipientStatus.GETS: self.gets, **self.reasons}

    @property
    def reasons(self) -> dict[RecipientStatus, int]:
        """How many are left out by each reason."""
        return {
            RecipientStatus.PAUSED: self.paused,
            RecipientStatus.ALREADY: self.already,
            RecipientStatus.SUPPRESSED: self.suppressed,
        }


def suppressed(people: "sa.Select[Subscriber]") -> "sa.Select[Subscriber]":
    """Who of these subscribers gets no newsletter because their address is suppressed."""
    return people.where(is_suppressed_for(Subscriber.email_key, MailKind.NEWSLETTER, LIST_ID))


def choice_of(newsletter: Newsletter) -> AudienceChoice:
    """What a newsletter has in its row."""
    return AudienceChoice(
        frozenset(wijk.id for wijk in newsletter.neighbourhoods),
        frozenset(topic.id for topic in newsletter.topics),
        newsletter.not_to.mail_id if newsletter.not_to else None,
    )


def choice_named(neighbourhoods: Collection[str], topics: Collection[str], not_to: int | None = None) -> AudienceChoice:
    """The same from slugs and the id of an earlier newsletter; what does not exist is left out."""
    earlier = db.session.scalar(Newsletter.numbered(not_to)) if not_to else None
    return AudienceChoice(
        frozenset(wijk.id for wijk in places.neighbourhoods(list(neighbourhoods))),
        frozenset(topic.id for topic in places.topics(list(topics))),
        earlier.mail_id if earlier else None,
    )


def of(about: Newsletter | AudienceChoice) -> "sa.Select[Any]":
    """The recipients, in the four columns that `outbox.freeze` copies; it leaves out the suppressed ones among them."""
    choice = _choice(about)
    readers = Subscriber.receiving().where(*_matches(choice))
    if choice.not_to:
        readers = readers.where(~deliveries.has_received(choice.not_to, Subscriber.id))
    return cast("sa.Select[Any]", readers.with_only_columns(*COLUMNS))


def count(about: Newsletter | AudienceChoice) -> AudienceCount:
    """Everybody whose choices match, counted by what it means for them."""
    choice = _choice(about)
    status = sa.case(
        *((condition, reason.value) for reason, condition in _reasons(choice).items()), else_=RecipientStatus.GETS.value
    )
    found = _matching(choice).with_only_columns(status, sa.func.count()).order_by(None).group_by(status)
    counts = {row[0]: row[1] for row in db.session.execute(found)}
    return AudienceCount(**{status.value: counts.get(status.value, 0) for status in RecipientStatus})


def people(about: Newsletter | AudienceChoice, status: RecipientStatus) -> "sa.Select[Subscriber]":
    """Those for whom it means this, in a stable order."""
    choice = _choice(about)
    query = _matching(choice)
    for reason, condition in _reasons(choice).items():
        if reason is status:
            return query.where(condition)
        query = query.where(~condition)
    return query


def left_out_before(newsletter: Newsletter) -> dict[str, int]:
    """How many match, and do not reach the mailer: paused, or having got the other one."""
    return {
        reason.value: reading.count(people(newsletter, reason))
        for reason in (RecipientStatus.PAUSED, RecipientStatus.ALREADY)
    }


def require_readers(newsletter: Newsletter, mail: Mail) -> None:
    """Raises NotAllowed when nobody gets the mail that was frozen for it, and says why that is."""
    if not mail.frozen_count:
        raise NotAllowed(no_readers_reason(choice_of(newsletter), count(newsletter)))


def no_readers_reason(choice: AudienceChoice, count: AudienceCount) -> str:
    """Why nobody would get it, and what can be done."""
    if count.matching:
        return "Niemand krijgt deze nieuwsbrief: alle abonnees die passen, vallen af. Kijk bij de lezers waarom."
    if choice.is_everybody:
        return "Er zijn nog geen abonnees die hun aanmelding hebben bevestigd."
    return "Geen enkele abonnee koos deze wijken en thema’s. Kies er meer, of kies niets: dan gaat hij naar iedereen."


def _choice(about: Newsletter | AudienceChoice) -> AudienceChoice:
    return about if isinstance(about, AudienceChoice) else choice_of(about)


def _matching(choice: AudienceChoice) -> "sa.Select[Subscriber]":
    """Confirmed and not gone, with choices that match; who paused is still a subscriber."""
    subscribed = Subscriber.state.in_([SubscriberState.CONFIRMED, SubscriberState.PAUSED])
    return sa.select(Subscriber).where(subscribed, *_matches(choice)).order_by(Subscriber.id)


def _matches(choice: AudienceChoice) -> list["sa.ColumnElement[bool]"]:
    wijk, topic = subscriber_neighbourhood.c, subscriber_topic.c
    found = []
    if choice.neighbourhoods:
        found.append(_chose(wijk.subscriber_id, wijk.neighbourhood_id, choice.neighbourhoods))
    if choice.topics:
        found.append(_chose(topic.subscriber_id, topic.topic_id, choice.topics))
    return found


def _chose(who: Any, what: Any, ids: Collection[int]) -> "sa.ColumnElement[bool]":
    """One of these, or nothing at all; asked per subscriber of an index, so that nobody comes out twice."""
    anything = sa.exists().where(who == Subscriber.id)
    return sa.or_(anything.where(what.in_(sorted(ids))), ~anything)


def _reasons(choice: AudienceChoice) -> dict[RecipientStatus, "sa.ColumnElement[bool]"]:
    """What keeps a newsletter from somebody, in the order in which it counts."""
    got_before = deliveries.has_received(choice.not_to, Subscriber.id) if choice.not_to else sa.false()
    return {
        RecipientStatus.PAUSED: Subscriber.state == SubscriberState.PAUSED,
        RecipientStatus.ALREADY: got_before,
        RecipientStatus.SUPPRESSED: is_suppressed_for(Subscriber.email_key, MailKind.NEWSLETTER, LIST_ID),
    }
