"""What servers write for other servers: delivery status (RFC 3464, 6533) and feedback (RFC 5965)."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from dordt.mailer.inbound.reading import LONGEST, MOST_TEXT, Incoming, clean, text_of
from dordt.mailer.suppression.classification import ENHANCED

STATUS_REPORTS = ("message/delivery-status", "message/global-delivery-status")
FEEDBACK_REPORTS = ("message/feedback-report",)
MOST_BLOCKS = 100
FIELD_TYPE = re.compile(r"^[\w-]+ *; *")  # 'rfc822; anna@voorbeeld.nl', 'smtp; 550 …'
SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
ACTION_OF_CLASS = {"2": "delivered", "4": "delayed", "5": "failed"}


@dataclass(frozen=True)
class Status:
    """What became of a letter for one recipient; `code` is of SMTP, `enhanced` of RFC 3463."""

    action: str  # failed | delayed | delivered | relayed | expanded
    code: int | None
    enhanced: str | None
    words: str
    recipients: tuple[str, ...]  # as we wrote it, and as it was in the end; lower case


def statuses(mail: Incoming) -> list[Status]:
    """What its delivery reports say, per recipient; a report may stand anywhere in the mail."""
    blocks = [block for part in mail.of_type(*STATUS_REPORTS) for block in _blocks(part)]
    read = [_status(block) for block in blocks if "Action" in block or "Status" in block]
    return [status for status in read if status.action]


def feedback_type(mail: Incoming) -> str | None:
    """'abuse', 'not-spam' or another word; None when it is no feedback."""
    for part in mail.of_type(*FEEDBACK_REPORTS):
        for block in _blocks(part):
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


def _blocks(part: "Message[str, str]") -> "list[Message[str, str]]":
    """The groups of fields of a report, however it was encoded."""
    text = _text(part).replace("\r\n", "\n")[:MOST_TEXT]
    groups = [group for group in re.split(r"\n[ \t]*\n", text) if group.strip()]
    return [HeaderParser().parsestr(group.lstrip("\n")) for group in groups[:MOST_BLOCKS]]


def _text(part: "Message[str, str]") -> str:
    """The parser takes such a part for mails; this puts it together again."""
    inner = part.get_payload()
    if not isinstance(inner, list):
        return text_of(part)
    blocks = [block for block in inner if isinstance(block, Message)][:MOST_BLOCKS]
    text = "\n\n".join(_written(block) for block in blocks)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in {"base64", "quoted-printable"}:
        return text
    again: Message[str, str] = Message()
    again["Content-Transfer-Encoding"] = encoding
    again.set_payload(text)
    return text_of(again)


def _written(block: "Message[str, str]") -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in block.items())
    rest = block.get_payload()
    return f"{fields}\n\n{rest}" if isinstance(rest, str) and rest.strip() else fields
