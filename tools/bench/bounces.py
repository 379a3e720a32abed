"""`make bounces`: a newsletter through a real Postfix, whose bounces come back through `flask mailer receive`.

Everything stands in one temporary folder and on loopback; nothing is sent to anybody, and the machine's own Postfix,
if there is one, is left alone. SUBSCRIBERS=50 says how many subscribers there are. It takes three minutes, most of them
waiting until Postfix gives a message up, and ends with 1 if anything is not as it must be.
"""

import os
import re
import signal
import smtplib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.relay import Relay
from tools.bench.postfix.checks import Checks
from tools.bench.postfix.installation import Installation
from tools.bench.postfix.instance import Postfix, until
from tools.bench.postfix.machine import MissingHere, Person, prepare
from tools.bench.postfix.people import BOUNCES, FULL_DOMAIN, NEIGHBOUR, OURS, People

UNKNOWN_THERE = "550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table"
TRY_LATER = "450 4.2.0 Recipient address rejected: Greylisted"
FULL = "552 5.2.2 Quota exceeded (mailbox for user is full)"
LOCKED_FOR = 40  # seconds to wait for two bounces that cannot be stored: each tries for 15
SETTLED_IN = 180  # seconds for all bounces: each is a process of its own, and the slow one takes half of it


def main() -> int:
    """Run it, and print what was checked."""
    try:
        person = prepare()
    except MissingHere as missing:
        print(missing, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Postfix is stopped then, too
    people = People(int(os.environ.get("SUBSCRIBERS") or 50))
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="dordt-bounces-") as root:
        Path(root).chmod(0o755)  # Postfix and the installation are two users
        with _street(Path(root), person, people) as (installation, postfix):
            try:
                _walk(installation, postfix, people, checks)
            except (TimeoutError, RuntimeError) as problem:
                checks.add("it came to its end", False, str(problem))
            if not checks.all_well:
                print((Path(root) / "postfix/mail.log").read_text()[-4000:], file=sys.stderr)
    print(checks.table())
    return 0 if checks.all_well else 1


@contextmanager
def _street(root: Path, person: Person, people: People) -> Iterator[tuple[Installation, Postfix]]:
    """The installation, Postfix between it and the neighbours, all of them running."""
    with ExitStack() as stack:
        neighbour, full = (stack.enter_context(_relay()) for _ in range(2))
        for address in people.unknown_there:
            neighbour.refuse(address, UNKNOWN_THERE)
        neighbour.refuse(people.slow, TRY_LATER)
        full.always_answer("BODY", FULL)
        (root / "postfix").mkdir()
        postfix = Postfix(
            root / "postfix",
            domain=OURS,
            bounces=BOUNCES,
            known=[address.partition("@")[0] for address in people.known],
            command=root / "receive",
            person=person,
            transport={
                NEIGHBOUR: f"smtp:[127.0.0.1]:{neighbour.port}",
                FULL_DOMAIN: f"smtp:[127.0.0.1]:{full.port}",
            },
        )
        relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(postfix.port), "MAIL_BOUNCE_DOMAIN": BOUNCES}
        installation = Installation(root, person, **relay, MAIL_DEFAULT_SENDER=f"Dordt aan Zet <post@{OURS}>")
        installation.build()
        installation.write_receive(postfix.command)
        stack.callback(postfix.stop)
        postfix.start()
        yield installation, postfix


@contextmanager
def _relay() -> Iterator[Relay]:
    relay = Relay()
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()


def _walk(installation: Installation, postfix: Postfix, people: People, checks: Checks) -> None:
    installation.subscribe(people.all)
    _send(installation, "Eerste nieuwsbrief")
    _bounce_while_locked(installation, postfix, checks)
    _settle(postfix, 0)
    first = installation.look()
    checks.of_messages(postfix.messages(), people, 1)
    checks.of_ledger(first, people)
    checks.of_screen(first["screen"], people)
    _strange_mail(installation, postfix, checks)
    _large_mail(postfix, checks)
    _wrong_address(postfix, checks)
    _send(installation, "Tweede nieuwsbrief")
    _settle(postfix, 1)
    checks.of_messages(postfix.messages(), people, 2)
    checks.of_second(installation.look(), people)
    _send(installation, "Derde nieuwsbrief")
    _settle(postfix, 2)
    checks.of_third(installation.look(), people)
    _leave(installation, postfix, people.known[0], checks)


def _send(installation: Installation, subject: str) -> None:
    installation.send(subject)
    with installation.worker():
        until(lambda: not installation.open_deliveries(), 60, "the worker did not send everything")


def _settle(postfix: Postfix, slow: int) -> None:
    """Wait until only the messages to the slow one are left in the queue."""
    until(lambda: postfix.waiting() <= slow, SETTLED_IN, "mail still stands in Postfix's queue")


def _bounce_while_locked(installation: Installation, postfix: Postfix, checks: Checks) -> None:
    with installation.locked():
        postfix.open_bounces()
        until(lambda: _results(postfix, "deferred"), LOCKED_FOR, "no bounce was put off while the database was locked")
    put_off = _results(postfix, "deferred")
    checks.add("database locked: exit code 75, and Postfix keeps the bounce", bool(put_off), put_off[0])


def _results(postfix: Postfix, status: str) -> list[str]:
    return [result.words for result in postfix.results("pipe") if result.status == status]


def _strange_mail(installation: Installation, postfix: Postfix, checks: Checks) -> None:
    """Somebody writes to the bounce address: that is no bounce, and a person must see it."""
    _write(postfix, "iemand@buren.example", f"bounces+x-y@{BOUNCES}", "Waar is het park?")
    kept = [mail for mail in installation.look()["inbound"] if mail["kind"] == "unknown"]
    checks.add("what is no bounce is kept for staff", len(kept) == 1, f"{len(kept)} kept")


def _large_mail(postfix: Postfix, checks: Checks) -> None:
    """More than is ever taken in: trying again would not help, so its sender must hear of it."""
    before = len(_results(postfix, "bounced"))
    _write(postfix, "iemand@buren.example", f"bounces+x-z@{BOUNCES}", f"{'Waar is het park?' * 4}\r\n" * 400_000)
    answers = _results(postfix, "bounced")[before:]
    found = answers[0] if answers else "taken in"
    checks.add("too large a mail: exit code 65, and Postfix sends it back", len(answers) == 1, found[:80])


def _wrong_address(postfix: Postfix, checks: Checks) -> None:
    """What is no address of ours is refused while it comes in, so that no bounce of a bounce goes to an innocent."""
    answer = "taken in"
    try:
        _write(postfix, "iemand@buren.example", f"wie@{BOUNCES}", "")
    except smtplib.SMTPRecipientsRefused as refused:
        answer = next(iter(refused.recipients.values()))[1].decode()
    checks.add("another address in the bounce domain is refused", "5.1.1" in answer, answer.split(":", 1)[-1].strip())


def _leave(installation: Installation, postfix: Postfix, address: str, checks: Checks) -> None:
    """Unsubscribe as a mail program does: with an empty mail to the address in the header."""
    offered = postfix.message(address)["List-Unsubscribe"]
    found = re.search(r"<mailto:([^?>]+)", offered)
    if found:
        _write(postfix, address, found[1], "")
    left = {row["email"] for row in installation.look()["subscribers"] if row["state"] == "unsubscribed"}
    checks.add("an empty mail to the address in List-Unsubscribe unsubscribes", left == {address}, f"{len(left)} left")


def _write(postfix: Postfix, sender: str, to: str, text: str) -> None:
    """Send a mail, and wait until it was taken in."""
    with smtplib.SMTP("127.0.0.1", postfix.port) as line:
        line.sendmail(sender, [to], f"From: {sender}\r\nTo: {to}\r\nSubject: Vraag\r\n\r\n{text}\r\n")
    results = postfix.results
    until(lambda: any(result.recipient == to for result in results("pipe")), 60, "a mail to us was not taken in")


if __name__ == "__main__":
    sys.exit(main())
