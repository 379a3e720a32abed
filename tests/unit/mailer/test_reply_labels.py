"""Every code that mail servers know has a name in Dutch, which says of an address what its classification says."""

import pytest

from dordt.mailer.reply_labels import CODE_LABELS, FEEDBACK_LABELS, SMTP_LABELS, reply_label
from dordt.mailer.suppression.bounces import FULL, GONE_CODES, UNCLEAR_CODES, BounceClass, classify_bounce
from tests.factories.refusals import REFUSALS

SAYS_GONE = {CODE_LABELS[code[2:]] for code in GONE_CODES}
# How many details of each subject the registry of IANA holds, from X.1.0 on.
REGISTERED = {"1": 11, "2": 5, "3": 7, "4": 8, "5": 7, "6": 11, "7": 31}
LONGEST = 60  # signs: it stands in lists


def test_every_code_of_the_registry_has_a_label():
    assert set(CODE_LABELS) == {f"{subject}.{detail}" for subject, many in REGISTERED.items() for detail in range(many)}


def test_every_code_that_decides_about_an_address_has_a_label():
    named = {code for code in {*GONE_CODES, *UNCLEAR_CODES, FULL} if code not in ("", "5.0.0")}

    assert {code for code in named if code[2:] not in CODE_LABELS} == set()


@pytest.mark.parametrize("detail", CODE_LABELS)
def test_a_code_is_called_the_same_wherever_it_was_noted(detail: str):
    final, passing = f"5.{detail}", f"4.{detail}"
    label = reply_label(f"{final} Words of a server", 550, final)

    assert label == CODE_LABELS[detail]
    assert len(label) <= LONGEST
    for noted in (f"RCPT: 550 {final} Words", f"550 {final} Words", f"{final} <a@b.nl>: Words", f"BODY: 554 {final}"):
        assert reply_label(noted) == label
    assert reply_label(f"RCPT: 450 {passing} Words") in {label, f"{label}, misschien voor even", "Later opnieuw"}
    assert reply_label(f"2.{detail} Fine", 250) == "Aangenomen"


@pytest.mark.parametrize(("code", "enhanced", "words", "bounce_class"), REFUSALS)
def test_only_an_address_that_is_gone_is_called_so(
    code: int | None, enhanced: str | None, words: str, bounce_class: BounceClass
):
    label = reply_label(words, code, enhanced)

    assert (label in SAYS_GONE) == (bounce_class is BounceClass.GONE)


@pytest.mark.parametrize("detail", CODE_LABELS)
def test_no_code_alone_says_more_than_its_classification(detail: str):
    about = classify_bounce(code=550, enhanced=f"5.{detail}", words="No")

    assert (reply_label("No", 550, f"5.{detail}") in SAYS_GONE) == (about is BounceClass.GONE)


@pytest.mark.parametrize("code", [*SMTP_LABELS, 451, 550, 554])
def test_a_reply_without_an_enhanced_code_has_a_label(code: int):
    assert 0 < len(reply_label("No", code)) <= LONGEST


SAID = {
    "552 5.2.2 Mailbox full": "Postvak vol",
    "RCPT: 452 4.2.2 The email account is over quota": "Postvak vol, misschien voor even",
    "450 4.2.0 <anna@voorbeeld.nl>: Recipient address rejected: Greylisted": "Later opnieuw",
    "RCPT: 451 Try again later": "Later opnieuw",
    "550 5.1.1 Mailbox is full / over quota": "Postvak vol",
    "550 5.1.1 Relaying denied": "Mag niet via deze mailserver",
    "550 5.7.1 This message looks like spam": "Geweigerd als spam",
    "550 5.7.1 Service unavailable; client host is listed at zen.spamhaus.org": (
        "Onze mailserver staat op een blokkeerlijst"
    ),
    "550 5.7.509 Access denied": "Geweigerd door regels van de mailserver",
    "552 5.3.4 Message too big for system": "Te groot",
    "552 Message size exceeds the limit": "Te groot",
    "550 5.2.1 The user is receiving mail at a rate that prevents more": "Te veel e-mails achter elkaar",
    "delayed: 4.4.1 connect to mx.voorbeeld.nl: Connection timed out": (
        "Mailserver niet bereikbaar, misschien voor even"
    ),
    "feedback: abuse": "Gemeld als spam",
    "Feedback report: abuse": "Gemeld als spam",
    "feedback: other": "",
    "connection refused": "Mailserver niet bereikbaar",
    "no answer at MAIL: the relay closed the connection": "Verbinding viel weg",
    "BODY: no answer no reply in time": "Mailserver antwoordde niet",
    "421 at MAIL: 4.7.28 Too many messages, slow down": "Te veel e-mails achter elkaar, misschien voor even",
    "421 4.3.2 Service not available, closing": "Mailserver neemt nu geen e-mail aan",
    "535 5.7.8 Error: authentication failed": "Aanmelden bij de mailserver mislukte",
    "This mail cannot be encoded: the header List-Help is longer than a line may": "Wij konden deze e-mail niet maken",
    "Ik ben er niet tot 9 maart": "",
    "": "",
}


@pytest.mark.parametrize("said", SAID)
def test_what_servers_really_say_is_understood(said: str):
    assert reply_label(said) == SAID[said]


def test_reports_of_complaints_are_named():
    assert {kind: reply_label(f"feedback: {kind}") for kind in FEEDBACK_LABELS} == FEEDBACK_LABELS


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("550 Rejected by MailFilter 2.4.1", 550),
        ("RCPT: 550 User unknown (policy 2.0.0)", 550),
        ("RCPT: 550 blocked, see policy 4.2.1", None),
        ("Mailbox holds 200 messages, quota exceeded", None),
        ("certificate verify failed 250 bits", None),
    ],
)
def test_a_number_that_counts_something_else_makes_no_refusal_an_acceptance(said: str, code: int | None):
    label = reply_label(said, code)

    assert label != reply_label("250 2.0.0 Ok")
    assert "voor even" not in label
