"""What must be so after each newsletter, and the table that says whether it is."""

from collections import Counter
from collections.abc import Iterable
from html import unescape
from typing import Any

from tools.bench.postfix.people import People

HARD_WORDS = {  # what Postfix or the neighbour said, as it must stand in the reason
    "unknown_here": "unknown user",
    "unknown_there": "User unknown in virtual mailbox table",
    "nowhere": "Domain not found",
}
HEARD_OF_SLOW = {"accepted", "delayed", "soft_bounced"}


class Checks:
    """Filled while the scenario goes on."""

    def __init__(self) -> None:
        self.done: list[tuple[bool, str, str]] = []

    def add(self, what: str, is_so: bool, found: str) -> None:
        """One more line of the table."""
        self.done.append((is_so, what, found))

    @property
    def all_well(self) -> bool:
        """Whether everything was as it must be."""
        return bool(self.done) and all(is_so for is_so, _what, _found in self.done)

    def table(self) -> str:
        """One line for each check."""
        width = max((len(what) for _is_so, what, _found in self.done), default=0)
        return "\n".join(f"{'yes' if is_so else 'NO ':3}  {what:{width}}  {found}" for is_so, what, found in self.done)

    def of_messages(self, messages: dict[str, int], people: People, each: int) -> None:
        """Every known mailbox holds one message of each newsletter, and there is no other."""
        wanted = {address.partition("@")[0]: each for address in people.known}
        right = sum(messages.get(name) == each for name in wanted)
        what = f"newsletter {each}: every known mailbox holds {each} in all"
        self.add(what, messages == wanted, f"{right} of {len(wanted)}")

    def of_ledger(self, found: dict[str, Any], people: People) -> None:
        """After the first newsletter: states, events, suppressions and their reasons."""
        self._everybody("every known one stands as accepted", people.known, _states(found), "accepted")
        self._everybody("every hard bounce stands as bounced", people.hard, _states(found), "bounced")
        causes = {row["address_key"]: row["cause"] for row in found["suppressions"]}
        self._everybody("every hard bounce is suppressed", people.hard, causes, "hard_bounce")
        reasons = {row["address_key"]: row["reason"] for row in found["suppressions"]}
        for address_kind, words in HARD_WORDS.items():
            addresses = _listed(getattr(people, address_kind))
            said = {address: words if words in reasons.get(address, "") else "" for address in addresses}
            self._everybody(f"the reason holds Postfix's words: {words}", addresses, said, words)
        others = sorted(set(causes) - set(people.hard))
        self.add("nobody else is suppressed", not others, ", ".join(others) or "nobody")
        events = _events(found)
        counted = {address: "soft_bounced" if "soft_bounced" in events[address] else "" for address in people.soft}
        self._everybody("every soft bounce is counted", people.soft, counted, "soft_bounced")
        slow = events[people.slow]
        self.add("who is slow: delayed first, given up later", slow >= HEARD_OF_SLOW, ", ".join(sorted(slow)))
        self._of_inbound(found, people)

    def _of_inbound(self, found: dict[str, Any], people: People) -> None:
        kinds = Counter(row["kind"] for row in found["inbound"])
        wanted = {"bounce": len(people.hard), "soft_bounce": len(people.soft), "delay": 1}
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        self.add("every report is kept, once", dict(kinds) == wanted, counts)
        unlinked = sum(row["delivery_id"] is None for row in found["inbound"])
        self.add("every report was led to its delivery", not unlinked, f"{unlinked} not")

    def of_screen(self, screen: str, people: People) -> None:
        """Staff see every suppressed address with the reason."""
        text = unescape(screen)
        seen = {address: "seen" if address in text else "" for address in people.hard}
        self._everybody("the list of blocked addresses shows it", people.hard, seen, "seen")
        shown = [words for words in HARD_WORDS.values() if words in text]
        self.add("and the reasons", len(shown) == len(HARD_WORDS), "; ".join(shown))

    def of_second(self, found: dict[str, Any], people: People) -> None:
        """The second newsletter is for all but the suppressed, and the numbers add up."""
        mail = found["mails"][-1]
        numbers = (mail["frozen_count"], mail["excluded_count"])
        wanted = (people.count - len(people.hard), len(people.hard))
        self.add("newsletter 2: to all but the suppressed", numbers == wanted, f"{numbers[0]} + {numbers[1]} left out")
        got = {row["address"] for row in found["deliveries"] if row["mail_id"] == mail["id"]}
        self.add("newsletter 2: to none of them", not got & set(people.hard), f"{len(got & set(people.hard))} of them")
        causes = {row["address_key"] for row in found["suppressions"]}
        self.add("two soft bounces do not suppress", causes == set(people.hard), f"{len(causes)} suppressed")

    def of_third(self, found: dict[str, Any], people: People) -> None:
        """The third soft bounce within a month is one too many."""
        causes = {row["address_key"]: row["cause"] for row in found["suppressions"]}
        self._everybody("newsletter 3: three soft bounces suppress", people.full, causes, "soft_bounces")
        lost = sorted(set(causes) & set(people.known))
        self.add("nobody who can be reached is suppressed", not lost, ", ".join(lost) or "nobody")

    def _everybody(self, what: str, addresses: Iterable[str], found: dict[str, str], wanted: str) -> None:
        addresses = list(addresses)
        right = sum(found.get(address) == wanted for address in addresses)
        self.add(what, right == len(addresses), f"{right} of {len(addresses)}")


def _listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


def _states(found: dict[str, Any]) -> dict[str, str]:
    return {row["address"]: row["state"] for row in found["deliveries"]}


def _events(found: dict[str, Any]) -> dict[str, set[str]]:
    addresses = {row["id"]: row["address"] for row in found["deliveries"]}
    events: dict[str, set[str]] = {address: set() for address in addresses.values()}
    for row in found["events"]:
        events[addresses[row["delivery_id"]]].add(row["kind"])
    return events
