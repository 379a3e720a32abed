"""What a subscriber tells us besides the address: one list for every place that asks, shows, imports or exports it.

How to add one: docs/how-to/add-a-field.md.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa

from dordt.extensions import db
from dordt.places.models import Neighbourhood, Topic
from dordt.places.services import Choices
from dordt.subscribers.models import Subscriber, subscriber_neighbourhood, subscriber_topic


class SubscriberFields(NamedTuple):
    """The value of each field in FIELDS, by its name; the default is the answer of who says nothing."""

    neighbourhoods: Sequence[str] = ()  # slugs; none means all of Dordrecht
    topics: Sequence[str] = ()  # slugs; none means all


class CellRefused(ValueError):
    """A cell of an import that says nothing we can use; the text says why, in Dutch."""


@dataclass(frozen=True)
class ChoiceField:
    """Any number of wijken or themes by their slugs, which SQL keeps as pairs of ids.

    name: in SubscriberFields, and of the attribute of Subscriber, the form fields and the column in files. label: its
    heading on pages and in files for residents. all_label: what choosing none means. singular: how an import names one.
    headings: what others call the column, as `files.plain_heading` makes it.
    """

    name: str
    label: str
    all_label: str
    singular: str
    import_hint: str
    headings: frozenset[str]
    place: type[Neighbourhood] | type[Topic]
    pairs: sa.Table

    def read(self, subscriber: Subscriber) -> list[str]:
        return [place.slug for place in getattr(subscriber, self.name)]

    def store(self, subscriber: Subscriber, slugs: Sequence[str]) -> None:
        """Slugs that do not exist are left out."""
        chosen = self.place.all().where(self.place.slug.in_(slugs))
        setattr(subscriber, self.name, list(db.session.scalars(chosen)))

    def exported(self, subscriber: Subscriber) -> list[str]:
        """For the file that a subscriber takes with them."""
        return [place.name for place in getattr(subscriber, self.name)]

    def shown(self, subscriber: Subscriber) -> str:
        return ", ".join(self.exported(subscriber)) or self.all_label

    def named(self, slugs: Sequence[str]) -> str:
        """As `shown`, of what is not stored yet."""
        query = self.place.all().where(self.place.slug.in_(slugs))
        return ", ".join(place.name for place in db.session.scalars(query)) or self.all_label

    def choices(self) -> Choices:
        """Slug and name of everything that a form offers."""
        return [(place.slug, place.name) for place in db.session.scalars(self.place.all())]

    def cell_reader(self) -> Callable[[str], Sequence[str]]:
        """What a cell of an import says, as slugs. Raises CellRefused."""
        found = db.session.execute(sa.select(self.place.name, self.place.slug)).all()
        known = {plain(name): slug for name, slug in found} | {plain(slug): slug for _name, slug in found}
        return partial(slugs_in, known=known, singular=self.singular)

    def store_many(self, values: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Values of subscribers that have none yet, by the id of each."""
        numbers = dict(db.session.execute(sa.select(self.place.slug, self.place.id)).all())
        owner, chosen = self.pairs.c.keys()
        rows = [{owner: row_id, chosen: numbers[slug]} for row_id, slugs in values for slug in slugs if slug in numbers]
        if rows:
            db.session.execute(sa.insert(self.pairs), rows)

    def cells(self, ids: Collection[int]) -> Mapping[int, str]:
        """What an import reads back, by the id of each subscriber who has any."""
        owner, chosen = self.pairs.c.values()
        pairs = sa.select(owner, self.place.slug).join(self.place, self.place.id == chosen).where(owner.in_(ids))
        slugs: dict[int, list[str]] = {}
        for row_id, slug in db.session.execute(pairs.order_by(self.place.position)):
            slugs.setdefault(row_id, []).append(slug)
        return {row_id: ";".join(found) for row_id, found in slugs.items()}


FIELDS = (
    ChoiceField(
        name="neighbourhoods",
        label="Wijken",
        all_label="Heel Dordrecht",
        singular="Wijk",
        import_hint="Namen van wijken. Meer wijken in een cel? Zet er een puntkomma tussen. "
        "Een lege cel betekent: heel Dordrecht.",
        headings=frozenset({"neighbourhoods", "neighborhoods", "neighbourhood", "wijk", "wijken", "buurt"}),
        place=Neighbourhood,
        pairs=subscriber_neighbourhood,
    ),
    ChoiceField(
        name="topics",
        label="Thema’s",
        all_label="Alle thema’s",
        singular="Thema",
        import_hint="Zo ook de thema’s. Een lege cel betekent: alle thema’s.",
        headings=frozenset({"topics", "topic", "thema", "themas", "onderwerp", "onderwerpen", "interesses"}),
        place=Topic,
        pairs=subscriber_topic,
    ),
)


def fields_of(subscriber: Subscriber) -> SubscriberFields:
    values: dict[str, Any] = {field.name: field.read(subscriber) for field in FIELDS}
    return SubscriberFields(**values)


def store_fields(subscriber: Subscriber, values: SubscriberFields) -> None:
    for field in FIELDS:
        field.store(subscriber, getattr(values, field.name))


def field_choices() -> dict[str, Choices]:
    """What the forms offer, by the name of the field."""
    return {field.name: field.choices() for field in FIELDS}


def shown_fields(subscriber: Subscriber) -> list[tuple[str, str]]:
    """Label and value of each field, for a page."""
    return [(field.label, field.shown(subscriber)) for field in FIELDS]


def as_json(values: SubscriberFields) -> dict[str, Any]:
    """What was filled in, to keep until it is confirmed; lists stay in the order of the form."""
    return {name: list(value) for name, value in values._asdict().items()}


def named_fields(values: SubscriberFields) -> list[tuple[str, str]]:
    """As `shown_fields`, of what is not stored yet."""
    return [(field.label, field.named(getattr(values, field.name))) for field in FIELDS]


def plain(name: str) -> str:
    """A wijk or theme as it is looked up: 'Oud-Krispijn', 'oud krispijn' and 'oud-krispijn' are one."""
    return " ".join(re.split(r"[\s_\-]+", name.casefold().strip()))


def slugs_in(cell: str, known: Mapping[str, str], singular: str) -> tuple[str, ...]:
    """The slugs that a cell names, separated by `;` or `|`, or by commas; known: the slug by `plain` of slug and name.

    Raises CellRefused.
    """
    found = [
        known.get(plain(part)) or _of_list(part, known, singular) for part in re.split(r"[;|]", cell) if part.strip()
    ]
    return tuple(dict.fromkeys(slug for each in found for slug in ([each] if isinstance(each, str) else each)))


def _of_list(part: str, known: Mapping[str, str], singular: str) -> Iterator[str]:
    """Several with commas in between; what is not ours is named, unless it may be an address in the wrong column."""
    names = [name.strip() for name in part.split(",") if name.strip()]
    unknown = [name for name in names if plain(name) not in known]
    if unknown:
        named = "" if "@" in part else f": {', '.join(unknown)[:100]}"
        raise CellRefused(f"{singular} onbekend{named}.")
    return (known[plain(name)] for name in names)
