"""What a mail that came in is: rules only, no database."""

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass

from flufl.bounce import all_failures

from dordt.mailer.inbound.reading import MOST_TEXT, Incoming, clean, parse
from dordt.mailer.inbound.reports import Status, code_in, feedback_type, statuses
from dordt.mailer.models import InboundKind
from dordt.mailer.suppression.classification import BounceClass, classify_bounce

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
_flufl = logging.getLogger("flufl.bounce")  # at trouble it would write the mail's own words in the log
_flufl.addHandler(logging.NullHandler())
_flufl.propagate = False


@dataclass(frozen=True)
class Finding:
    """What it is; `detail`: what it says, in the words of who wrote it."""

    kind: InboundKind
    detail: str | None = None
    bounce_class: BounceClass | None = None  # of a bounce


UNKNOWN = Finding(InboundKind.UNKNOWN)


def recognise(mail: Incoming, *, address_key: str = "", wants_to_leave: bool = False) -> Finding:
    """What a mail is. `address_key`: of the delivery that it is about, when that is known."""
    if wants_to_leave:
        return Finding(InboundKind.UNSUBSCRIBE)
    return _report(mail, address_key) or _feedback(mail) or _old_bounce(mail) or _automatic(mail) or UNKNOWN


def _report(mail: Incoming, address_key: str) -> Finding | None:
    """Of several recipients the one that we wrote to counts; where an alias hid it, the best news for it."""
    found = statuses(mail)
    ours = [status for status in found if address_key in status.recipients]
    findings = [_of_status(status) for status in ours or found]
    return min(findings, key=lambda finding: SEVERITY.index(finding.kind)) if findings else None


def _of_status(status: Status) -> Finding:
    words = status.words
    if status.enhanced and status.enhanced not in words:
        words = f"{status.enhanced} {words}"
    if status.action == "failed":
        return _bounce(status.code, status.enhanced, words)
    kind = InboundKind.DELAY if status.action == "delayed" else InboundKind.AUTO_REPLY
    return Finding(kind, clean(f"{status.action}: {words}", LONGEST_DETAIL))


def _bounce(code: int | None, enhanced: str | None, words: str) -> Finding:
    bounce_class = classify_bounce(code=code, enhanced=enhanced, words=words)
    kind = InboundKind.BOUNCE if bounce_class is BounceClass.GONE else InboundKind.SOFT_BOUNCE
    return Finding(kind, clean(words, LONGEST_DETAIL), bounce_class)


def _feedback(mail: Incoming) -> Finding | None:
    """Somebody pressed 'this is spam', or took that back; reports of other kinds are for a person to read."""
    kind = feedback_type(mail)
    if kind is None:
        return None
    detail = clean(f"feedback: {kind}", LONGEST_DETAIL)
    if kind in COMPLAINTS:
        return Finding(InboundKind.COMPLAINT, detail)
    return Finding(InboundKind.AUTO_REPLY if kind == "not-spam" else InboundKind.UNKNOWN, detail)


def _old_bounce(mail: Incoming) -> Finding | None:
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
    return Finding(InboundKind.DELAY, words)


def _failures(mail: Incoming) -> tuple[Collection[bytes], Collection[bytes]]:
    """Which addresses failed for now and for good, as far as flufl.bounce knows this server's words."""
    try:
        return all_failures(parse(mail.written[:MOST_GUESSED].encode("latin-1")))
    except Exception as problem:  # its detectors raise whatever a broken mail makes them raise
        logger.warning("A bounce cannot be read: %s", type(problem).__name__)
        return (), ()


def _is_from_a_server(mail: Incoming) -> bool:
    written = (mail.header("From"), mail.header("Return-Path"), "<>" if mail.sender == "" else mail.sender or "")
    return "X-Failed-Recipients" in mail.message or any(FROM_A_SERVER.search(text) for text in written)


def _said(mail: Incoming) -> str:
    """The lines that say why, before the letter that is returned begins."""
    text = "\n".join(mail.texts)[:MOST_TEXT]
    own = re.split(r"\n[- ]*(?:Below this line|This is a copy|Original message|Return-Path:)", text, maxsplit=1)[0]
    lines = [line for line in own.splitlines() if SAYS_WHY.search(line)][:10]
    return clean(" ".join(lines) or own, LONGEST_DETAIL)


def _automatic(mail: Incoming) -> Finding | None:
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
    return Finding(InboundKind.AUTO_REPLY, subject or None) if is_marked or AUTO_SUBJECT.match(subject) else None
