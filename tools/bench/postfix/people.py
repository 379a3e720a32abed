"""The subscribers of the scenario, by what becomes of mail to them."""

from dataclasses import dataclass

OURS = "wijken.example"  # Postfix keeps their mailboxes itself
NEIGHBOUR = "buren.example"  # another server, which refuses some of them
FULL_DOMAIN = "vol.example"  # another one, where every mailbox is full
BOUNCES = "bounces.wijken.example"


@dataclass(frozen=True)
class People:
    """`count` in all; of these 10 unknown, 2 with a full mailbox, 1 in no domain and 1 whose server says: later."""

    count: int

    @property
    def unknown_here(self) -> list[str]:
        """Postfix itself has no such mailbox."""
        return [f"onbekend{number}@{OURS}" for number in range(6)]

    @property
    def unknown_there(self) -> list[str]:
        """The neighbour has no such mailbox, and says so to Postfix."""
        return [f"vertrokken{number}@{NEIGHBOUR}" for number in range(4)]

    @property
    def full(self) -> list[str]:
        """Their server refuses after the whole message: a soft bounce."""
        return [f"vol{number}@{FULL_DOMAIN}" for number in range(2)]

    nowhere = "wie@bestaat-niet.example"
    slow = f"traag@{NEIGHBOUR}"  # is told of once as delayed, and given up in the end: a soft bounce

    @property
    def hard(self) -> list[str]:
        """Who must be suppressed at once."""
        return [*self.unknown_here, *self.unknown_there, self.nowhere]

    @property
    def soft(self) -> list[str]:
        """Who must be counted, and get the next newsletter all the same."""
        return [*self.full, self.slow]

    @property
    def known(self) -> list[str]:
        """Who has a mailbox; everybody else of the count."""
        return [f"lezer{number}@{OURS}" for number in range(self.count - len(self.hard) - len(self.soft))]

    @property
    def all(self) -> list[str]:
        """Everybody."""
        return [*self.known, *self.hard, *self.soft]
