"""Wijken and themes as forms need them, and putting them in."""

from collections.abc import Sequence

from dordt.extensions import db
from dordt.places.models import OTHER_PLACES, Neighbourhood, Topic

Choices = list[tuple[str, str]]


def neighbourhood_choices(*, with_other_places: bool = False) -> Choices:
    """Slug and name of each wijk; for questions to one person also 'not in Dordrecht' and 'rather not say'."""
    wijken = [(wijk.slug, wijk.name) for wijk in db.session.scalars(Neighbourhood.all())]
    return [*wijken, *OTHER_PLACES.items()] if with_other_places else wijken


def topic_choices() -> Choices:
    """Slug and name of each theme."""
    return [(topic.slug, topic.name) for topic in db.session.scalars(Topic.all())]


def neighbourhoods(slugs: Sequence[str]) -> list[Neighbourhood]:
    """The wijken with these slugs; slugs that do not exist are left out."""
    return list(db.session.scalars(Neighbourhood.all().where(Neighbourhood.slug.in_(slugs))))


def topics(slugs: Sequence[str]) -> list[Topic]:
    """The themes with these slugs; slugs that do not exist are left out."""
    return list(db.session.scalars(Topic.all().where(Topic.slug.in_(slugs))))


def place_name(slug: str) -> str:
    """How a wijk (or the answer instead of one) is called on screen."""
    if slug in OTHER_PLACES:
        return OTHER_PLACES[slug]
    found = db.session.scalar(Neighbourhood.all().where(Neighbourhood.slug == slug))
    return found.name if found else slug
