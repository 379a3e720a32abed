"""How many tests ran on what, said at the end of the run; a skipped test makes the run fail."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

BROWSER = Path(__file__).parents[1] / "browser"
PLACES = {"sqlite": "on SQLite", "postgres": "on PostgreSQL", "browser": "in the browser"}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Note on each test where it runs, and keep tests that share something dear in one process."""
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
        places = _places(item)
        item.user_properties.extend(("place", place) for place in sorted(places))
        if "browser" in places:
            item.add_marker(pytest.mark.xdist_group("browser-postgres" if "postgres" in places else "browser"))
        elif "seeded_app" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(f"seeded-{'-'.join(sorted(places))}"))


def _places(item: Any) -> set[str]:
    fixtures = set(item.fixturenames)
    chosen = list(item.callspec.params.values()) if hasattr(item, "callspec") else []
    known = {"sqlite": {"sqlite_installation"}, "postgres": {"postgres_installation", "postgres_site"}}
    places = {name for name, parts in known.items() if name in chosen or parts & (fixtures | set(map(str, chosen)))}
    return places | ({"browser"} if item.get_closest_marker("browser") else set())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line that says what the run was worth."""
    passed = terminalreporter.stats.get("passed", [])
    counts = Counter(place for report in passed for name, place in report.user_properties if name == "place")
    told = ", ".join(f"{counts[place]} {words}" for place, words in PLACES.items())
    terminalreporter.write_line(f"Tests passed: {told}, {len(passed)} in all.")
    if terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("A test was skipped: that counts as a failure.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that skipped a test has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
