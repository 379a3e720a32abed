"""The wijken and themes that a subscriber can choose."""

import pytest
from flask import Flask

from tests.factories.places import make_neighbourhood, make_topic


@pytest.fixture
def choices(app: Flask) -> None:
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    make_neighbourhood(slug="dubbeldam", name="Dubbeldam")
    make_topic(slug="groen-en-spelen", name="Groen en spelen")
