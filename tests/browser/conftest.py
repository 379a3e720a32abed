"""Browser tests walk through a running site; they are slow, and run all the same."""

from pathlib import Path

import pytest

from tests.support.live_site import LiveSite

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(params=["site", "postgres_site"], ids=["sqlite", "postgres"])
def each_site(request: pytest.FixtureRequest) -> LiveSite:
    """The house on each database engine in turn."""
    found: LiveSite = request.getfixturevalue(request.param)
    return found
