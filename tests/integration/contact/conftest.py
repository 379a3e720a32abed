"""The wijken and themes that the form offers."""

import pytest

from tests.factories.places import make_neighbourhood, make_topic


@pytest.fixture
def places(app):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    make_topic(slug="groen-en-spelen", name="Groen en spelen", reply_working_days=3)
