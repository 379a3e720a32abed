"""What an inbound mail is: a report of a server (RFC 3464, 6533, 5965), an older bounce, an automatic reply."""

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message

import sqlalchemy as sa
from flufl.bounce import all_failures

from dordt.extensions import db
from dordt.mailer.inbound.mime import (
    FEEDBACK_REPORTS,
    LONGEST,
    MOST_TEXT,
    STATUS_REPORTS,
    ParsedMail,
    clean,
    parse,
    report_blocks,
)
from dordt.mailer.models import Delivery, InboundKind
from dordt.mailer.smtp import verp
from dordt.mailer.smtp.protocol import ENHANCED
from dordt.mailer.smtp.verp import Purpose
from dordt.mailer.suppression.bounces import BounceClass, classify_bounce
from dordt.shared.database import LARGEST_INTEGER

FIELD_TYPE = re.compile(r"^[\w-]+ *; *")  # 'rfc822; anna@voorbeeld.nl', 'smtp; 550 …'
SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
ACTION_OF_CLASS = {"2": "delivered", "4": "delayed", "5": "failed"}
COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}  # RFC 5965; the last two are older
MOST_GUESSED = 100_000  # octets in which words of bounces are sought
LONGEST_DETAIL = 1000
SEVERITY = (InboundKind.AUTO_REPLY, InboundKind.DELAY, InboundKind.SOFT_BOUNCE, InboundKind.BOUNCE)
FROM_A_SERVER = re.compile(r"mailer-daemon|postmaster|mail delivery|<>", re.IGNORECASE)
AUTO_SUBJECT = re.compile(
    r"^(?:automatische? (?:antwoord|reactie)|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|ooo:"
    r"|(?:afwezig|afwezigheidsbericht|vakantiebericht) *(?::|$))",  # 'Afwezig op 3 maart' is what a person writes
    re.IGNORECASE,
)
SAYS_WHY = re.compile(r"[45]\d\d[ -]|[45]\.\d\.\d|said:|reason:|unknown|not found|full|quota|no mailbox", re.IGNORECASE)
logger = logging.getLogger(__name__)
_flufl = logging.getLogger("flufl.bounce")  # when it fails it would write the mail's own words in the log
_flufl.addHandler(logging.NullHandler())
_flufl.propagate = False
OUR_MESSAGE_ID = re.compile(r"<([1-9]\d{0,9})\.([1-9]\d{0,9})\.[0-9a-f]{16}@[^<>\s]{1,200}>")
MOST_IDS = 20  # of ours in one mail: a long thread names many


@dataclass(frozen=True)
class Status:
    """What became of a mail for one recipient; `code` is of SMTP, `enhanced` of RFC 3463."""

    action: str  # failed | delayed | delivered | relayed | expanded
    code: int | None
    enhanced: str | None
    words: str
    recipients: tuple[str, ...]  # as we wrote it, and as it was in the end; lower case


@dataclass(frozen=True)
class Classification:
    """What a mail is; `detail`: what it says, in the words of its sender."""

    kind: InboundKind
    detail: str | None = None
    bounce_class: BounceClass | None = None  # of a bounce


UNKNOWN = Classification(InboundKind.UNKNOWN)


def classify(mail: ParsedMail, *, address_key: str = "", wants_to_leave: bool = False) -> Classification:
    """What a mail is. `address_key`: of the delivery that it is about, when that is known."""
    if wants_to_leave:
        return Classification(InboundKind.UNSUBSCRIBE)
    return _report(mail, address_key) or _feedback(mail) or _old_bounce(mail) or _automatic(mail) or UNKNOWN


def _report(mail: ParsedMail, address_key: str) -> Classification | None:
    """The status of our recipient; where an alias hid it, the least severe one."""
    found = statuses(mail)
    ours = [status for status in found if address_key in status.recipients]
    results = [_of_status(status) for status in ours or found]
    return min(results, key=lambda result: SEVERITY.index(result.kind)) if results else None


def _of_status(status: Status) -> Classification:
    words = status.words
    if status.enhanced and status.enhanced not in words:
        words = f"{status.enhanced} {words}"
    if status.action == "failed":
        return _bounce(status.code, status.enhanced, words)
    kind = InboundKind.DELAY if status.action == "delayed" else InboundKind.AUTO_REPLY
    return Classification(kind, clean(f"{status.action}: {words}", LONGEST_DETAIL))


def _bounce(code: int | None, enhanced: str | None, words: str) -> Classification:
    bounce_class = classify_bounce(code=code, enhanced=enhanced, words=words)
    kind = InboundKind.BOUNCE if bounce_class is BounceClass.GONE else InboundKind.SOFT_BOUNCE
    return Classification(kind, clean(words, LONGEST_DETAIL), bounce_class)


def _feedback(mail: ParsedMail) -> Classification | None:
    """Somebody pressed 'this is spam', or took that back; reports of other kinds are for a person to read."""
    kind = feedback_type(mail)
    if kind is None:
        return None
    detail = clean(f"feedback: {kind}", LONGEST_DETAIL)
    if kind in COMPLAINTS:
        return Classification(InboundKind.COMPLAINT, detail)
    return Classification(InboundKind.AUTO_REPLY if kind == "not-spam" else InboundKind.UNKNOWN, detail)


def _old_bounce(mail: ParsedMail) -> Classification | None:
    """Bounces that are no report, of qmail and of older servers."""
    if not _is_from_a_server(mail):
        return None
    temporary, permanent = _failures(mail)
    failed = clean(mail.header("X-Failed-Recipients"), LONGEST_DETAIL)  # Exim's
    if not (temporary or permanent or failed):
        return None
    words = _said(mail)
    if permanent or failed:
        return _bounce(code_in(words), None, words)
    return Classification(InboundKind.DELAY, words)


def _failures(mail: ParsedMail) -> tuple[Collection[bytes], Collection[bytes]]:
    """Which addresses failed for now and for good, as far as flufl.bounce knows this server's words."""
    try:
        return all_failures(parse(mail.written[:MOST_GUESSED].encode("latin-1")))
    except Exception as problem:  # its detectors raise whatever a broken mail makes them raise
        logger.warning("Inbound bounce cannot be parsed (%s): not classified by its words", type(problem).__name__)
        return (), ()


def _is_from_a_server(mail: ParsedMail) -> bool:
    written = (mail.header("From"), mail.header("Return-Path"), "<>" if mail.sender == "" else mail.sender or "")
    return "X-Failed-Recipients" in mail.message or any(FROM_A_SERVER.search(text) for text in written)


def _said(mail: ParsedMail) -> str:
    """The lines that say why, before the returned mail begins."""
    text = "\n".join(mail.texts)[:MOST_TEXT]
    own = re.split(r"\n[- ]*(?:Below this line|This is a copy|Original message|Return-Path:)", text, maxsplit=1)[0]
    lines = [line for line in own.splitlines() if SAYS_WHY.search(line)][:10]
    return clean(" ".join(lines) or own, LONGEST_DETAIL)


def _automatic(mail: ParsedMail) -> Classification | None:
    """An answer that no person wrote just now (RFC 3834), or a receipt of reading (RFC 8098)."""
    submitted = mail.header("Auto-Submitted").lower()
    precedence = mail.header("Precedence").lower()
    is_marked = (
        (submitted and not submitted.startswith("no"))
        or precedence.replace("-", "_") == "auto_reply"
        or any(name in mail.message for name in ("X-Autoreply", "X-Autorespond", "X-Vacation"))
        or bool(mail.of_type("message/disposition-notification"))
    )
    subject = mail.header("Subject")
    return Classification(InboundKind.AUTO_REPLY, subject or None) if is_marked or AUTO_SUBJECT.match(subject) else None


def statuses(mail: ParsedMail) -> list[Status]:
    """What its delivery reports say, per recipient; a report may stand anywhere in the mail."""
    blocks = [block for part in mail.of_type(*STATUS_REPORTS) for block in report_blocks(part)]
    read = [_status(block) for block in blocks if "Action" in block or "Status" in block]
    return [status for status in read if status.action]


def feedback_type(mail: ParsedMail) -> str | None:
    """'abuse', 'not-spam' or another word; None when it is no feedback."""
    for part in mail.of_type(*FEEDBACK_REPORTS):
        for block in report_blocks(part):
            if "Feedback-Type" in block:
                return clean(block["Feedback-Type"], LONGEST).lower()
    return None


def code_in(words: str) -> int | None:
    """The first SMTP code of refusal in a text."""
    found = SMTP_CODE.search(words)
    return int(found[1]) if found else None


def _status(block: "Message[str, str]") -> Status:
    given = ENHANCED.search(str(block.get("Status", "")))
    words = FIELD_TYPE.sub("", clean(str(block.get("Diagnostic-Code", "")), LONGEST))
    enhanced = _exact(given[1] if given else None, words)
    action = re.match(r"[a-z]*", clean(str(block.get("Action", "")), LONGEST).lower())
    return Status(
        action=_action(action[0] if action else "", enhanced),
        code=code_in(words),
        enhanced=enhanced,
        words=words or clean(f"{enhanced or ''} {block.get('Action', '')}", LONGEST),
        recipients=tuple(_address(block, name) for name in ("Original-Recipient", "Final-Recipient") if name in block),
    )


def _action(written: str, enhanced: str | None) -> str:
    if written.startswith("error"):  # OpenSMTPD
        return "failed"
    return written or ACTION_OF_CLASS.get((enhanced or "")[:1], "")


def _exact(enhanced: str | None, words: str) -> str | None:
    """Some servers write 5.0.0 where the remote one said it exactly."""
    said = next((code for code in ENHANCED.findall(words) if enhanced is None or code[0] == enhanced[0]), None)
    return said if said and (enhanced is None or enhanced.endswith(".0.0")) else enhanced


def _address(block: "Message[str, str]", name: str) -> str:
    return FIELD_TYPE.sub("", clean(str(block[name]), LONGEST)).strip("<> ").lower()


@dataclass(frozen=True)
class Correlation:
    """The delivery that a mail is about.

    is_signed: an address that we signed says so, and only whoever received the mail knows it. A Message-ID is not
    secret: whoever received a newsletter can find out those of the others. It shows staff where to look, and
    nothing is done because of it alone.
    """

    delivery_id: int
    address_key: str
    is_signed: bool
    wants_to_leave: bool = False


def correlate(mail: ParsedMail) -> Correlation | None:
    """The delivery that a mail is about: by the address it came to, by one in it, or by a Message-ID of ours."""
    for tag in _tags(mail):
        key = db.session.scalar(sa.select(Delivery.address_key).where(Delivery.id == tag.delivery_id))
        if key is not None:
            return Correlation(tag.delivery_id, key, is_signed=True, wants_to_leave=tag.purpose is Purpose.LEAVE)
    return _by_message_id(mail)


def _tags(mail: ParsedMail) -> Iterator[verp.Tag]:
    """A returned mail holds both addresses of its delivery: only writing to the unsubscribe address unsubscribes."""
    for address in mail.recipients:
        yield from verp.read_all(address)
    for text in (mail.written, *mail.texts):
        yield from (tag for tag in verp.read_all(text) if tag.purpose is Purpose.BOUNCES)


def _by_message_id(mail: ParsedMail) -> Correlation | None:
    for found in list(_message_ids(mail))[:MOST_IDS]:
        mail_id, recipient = int(found[1]), int(found[2])
        if max(mail_id, recipient) <= LARGEST_INTEGER:
            numbered = sa.select(Delivery.id, Delivery.address_key).where(
                Delivery.mail_id == mail_id, Delivery.recipient == recipient, Delivery.message_id == found[0]
            )
            row = db.session.execute(numbered).first()
            if row:
                return Correlation(row.id, row.address_key, is_signed=False)
    return None


def _message_ids(mail: ParsedMail) -> "Iterator[re.Match[str]]":
    for text in (mail.written, *mail.texts):
        yield from OUR_MESSAGE_ID.finditer(text)
