"""What the ledger says, held against what the relay stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dordt.mailer.models import OPEN_STATES, DeliveryState, MailKind
from tools.crash.ledger import Outcome
from tools.crash.relay import Stored

KNOWN = {DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN}


@dataclass
class Account:
    """Who was lost, mailed twice or is uncertain; and what is wrong besides."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """Each of them, in words."""
        return [*(f"lost: {who}" for who in self.lost), *(f"twice: {who}" for who in self.twice), *self.wrong]

    @property
    def is_right(self) -> bool:
        """Whether nobody was lost or mailed twice, and nothing else is wrong."""
        return not self.problems


def settle(outcomes: Sequence[Outcome], stored: Iterable[Stored], *, kills: int, connections: int) -> Account:
    """Compare the ledger with what the relay stored, after kills of workers with so many connections."""
    stored_ids: dict[str, list[str]] = defaultdict(list)  # the Message-IDs for each address
    for message in stored:
        stored_ids[message.recipient].append(message.message_id)
    account = Account()
    for outcome in outcomes:
        _settle(outcome, stored_ids.get(outcome.address, []), account)
    _settle_strangers({outcome.address for outcome in outcomes}, stored_ids, account)
    _settle_uncertain(outcomes, kills, connections, account)
    return account


def _settle(outcome: Outcome, message_ids: Sequence[str], account: Account) -> None:
    who = f"{outcome.address}, {outcome.state}, stored {len(message_ids)} times"
    is_receipt = outcome.kind is MailKind.TRANSACTIONAL
    if outcome.state in OPEN_STATES or (outcome.state is DeliveryState.ACCEPTED and not message_ids):
        account.lost.append(who)
    elif outcome.state not in KNOWN:
        account.wrong.append(f"{who}: nobody refused it")
    elif outcome.state is DeliveryState.UNCERTAIN:
        account.uncertain.append(who)
        if is_receipt and not message_ids:
            account.lost.append(who)
    if len(message_ids) > 1 and not is_receipt:
        account.twice.append(who)
    _settle_message_ids(who, outcome, set(message_ids), account)


def _settle_message_ids(who: str, outcome: Outcome, message_ids: set[str], account: Account) -> None:
    """A message that is sent again keeps its Message-ID, by which the relay's log finds it back."""
    if len(message_ids) > 1 or "" in message_ids:
        account.wrong.append(f"{who}: with the Message-IDs {sorted(message_ids)}")
    if outcome.state is DeliveryState.ACCEPTED and message_ids and outcome.message_id not in message_ids:
        account.wrong.append(f"{who}: the ledger calls it {outcome.message_id}")


def _settle_strangers(known: set[str], stored_ids: Mapping[str, list[str]], account: Account) -> None:
    strangers = sorted(set(stored_ids) - known)
    account.wrong.extend(f"{address} got a message and stands in no ledger" for address in strangers)
    carriers = Counter(message_id for message_ids in stored_ids.values() for message_id in set(message_ids))
    account.wrong.extend(
        f"{count} recipients share {message_id}" for message_id, count in carriers.items() if count > 1
    )


def _settle_uncertain(outcomes: Iterable[Outcome], kills: int, connections: int, account: Account) -> None:
    """A worker that dies leaves one uncertain delivery per open connection at most."""
    if len(account.uncertain) > kills * connections:
        account.wrong.append(f"{len(account.uncertain)} uncertain after {kills} kills of {connections} connections")
    of_owner = Counter(each.owner for each in outcomes if each.owner and each.state is DeliveryState.UNCERTAIN)
    account.wrong.extend(
        f"{owner} left {count} uncertain on {connections} connections"
        for owner, count in of_owner.items()
        if count > connections
    )
