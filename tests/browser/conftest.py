"""Browser tests walk through a running site."""

import pytest

from tests.support.live_site import LiveSite


@pytest.fixture(params=["site", "postgres_site"], ids=["sqlite", "postgres"])
def each_site(request: pytest.FixtureRequest) -> LiveSite:
    """The site on each database engine in turn."""
    found: LiveSite = request.getfixturevalue(request.param)
    return found
