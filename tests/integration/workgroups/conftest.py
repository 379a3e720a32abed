"""The work group that people join."""

import pytest

from tests.factories.places import make_neighbourhood
from tests.factories.workgroups import make_workgroup


@pytest.fixture
def group(app):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_workgroup(slug="sterrenburgpark", name="werkgroep Sterrenburgpark")
