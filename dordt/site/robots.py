"""What search engines leave alone: staff pages, and pages whose address is somebody's key."""

from collections.abc import Iterable

STAFF = "/beheer/"


def closed_to_robots(rules: Iterable[str]) -> list[str]:
    """The beginnings of addresses that are not for search engines."""
    with_token = {rule.partition("<token>")[0] for rule in rules if "<token>" in rule}
    return sorted({STAFF} | {start for start in with_token if not start.startswith(STAFF)})
