"""What the words of a server say of an address."""

import pytest

from dordt.mailer.bounces import Meaning, meaning

CASES = [
    # code, enhanced, words, meaning
    (550, "5.1.1", "<weg@b.nl>: Recipient address rejected: User unknown in virtual mailbox table", Meaning.GONE),
    (550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup", Meaning.GONE),
    (550, "5.2.1", "The email account that you tried to reach is disabled", Meaning.GONE),
    (None, "5.4.4", "Host or domain name not found. Name service error: Host not found", Meaning.GONE),
    (550, "5.4.1", "Recipient address rejected: Access denied. AS(201806281)", Meaning.GONE),
    (550, "5.5.0", "Requested action not taken: mailbox unavailable (S2017062302)", Meaning.GONE),
    (550, None, "Unknown user: weg@b.nl", Meaning.GONE),
    (550, None, "5.1.1 whatever", Meaning.GONE),
    (550, None, "No such user here", Meaning.GONE),
    (550, None, "Unrouteable address", Meaning.GONE),
    (553, None, "sorry, this recipient is not known here", Meaning.GONE),
    (550, "5.0.0", "Onbekende gebruiker", Meaning.GONE),
    (550, None, "<spam-policy@relay.nl>: user unknown", Meaning.GONE),  # what stands in an address proves nothing
    (552, "5.2.2", "Quota exceeded (mailbox for user is full)", Meaning.TROUBLED),
    (552, None, "too much mail data", Meaning.TROUBLED),
    (550, "5.1.1", "Mailbox is full / over quota", Meaning.TROUBLED),
    (450, "4.2.0", "Recipient address rejected: Greylisted", Meaning.TROUBLED),
    (None, "4.4.1", "connect to mx.b.nl: Connection timed out", Meaning.TROUBLED),
    (550, "5.7.1", "Unknown user", Meaning.OURS),
    (421, "4.7.28", "unusual rate of mail", Meaning.OURS),
    (550, None, "relay not permitted", Meaning.OURS),
    (550, None, "Relaying denied", Meaning.OURS),
    (550, "5.1.1", "Relaying denied", Meaning.OURS),
    (550, "5.1.8", "Sender address rejected: Domain not found", Meaning.OURS),
    (553, "5.1.7", "The address is not found", Meaning.OURS),
    (550, None, "Sender verify failed: no such user", Meaning.OURS),
    (554, None, "Message blocked as spam", Meaning.OURS),
    (552, "5.3.4", "Message too big for system", Meaning.OURS),
    (554, "5.6.0", "Body type not supported", Meaning.OURS),
    (550, "5.2.1", "The user is receiving mail at a rate that prevents more", Meaning.OURS),
    (503, None, "unknown user", Meaning.OURS),  # a sequence of commands that is wrong
    (550, None, "No", Meaning.UNCLEAR),
    (550, None, "from 192.5.1.1: rejected", Meaning.UNCLEAR),  # no code: part of a number of a machine
    (None, None, "", Meaning.UNCLEAR),
]


@pytest.mark.parametrize(("code", "enhanced", "words", "expected"), CASES)
def test_what_a_refusal_means(code: int | None, enhanced: str | None, words: str, expected: Meaning) -> None:
    assert meaning(code=code, enhanced=enhanced, words=words) == expected
