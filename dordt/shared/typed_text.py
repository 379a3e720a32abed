"""What people type or paste, read alike everywhere: what nobody sees goes, and what looks the same is the same."""

import re
import unicodedata

import phonenumbers

EMOJI = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    r"\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
JOINING = r"\u0600-\u109f"  # Arabic to Burmese: scripts in which a joiner is part of the spelling
# What stands in the group stays: a flag in tags, a joiner inside an emoji or a word, the colour of an emoji, a keycap.
_INVISIBLE = re.compile(
    rf"(\U0001f3f4[\U000e0020-\U000e007f]+|(?<=[{EMOJI}\ufe0f])\u200d(?=[{EMOJI}])|(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}])"
    rf"|(?<=[{EMOJI}])[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3))"
    r"|[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[\s\u2800]+")
_HYPHENS = re.compile(r"[\u2010\u2011\ufe63\uff0d]")  # drawn as the hyphen that is on a keyboard
_DASHES = re.compile(r"[\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")
_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_PHONE = re.compile(r"\+?[0-9 ()./+-]{3,40}")
HOME = "NL"
HOME_CODE, HOME_DIGITS = 31, 9  # +31, and the digits after it of every number but the short ones that are known


def lines(text: str) -> str:
    """Text of several lines: each ends with one character, so that a limit counts what its writer sees."""
    return _seen(_LINE_END.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """Text of one line, with one plain space where there was any white space. Dashes longer than a hyphen stay: in a
    title or a subject they are its writing."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most cells of a file with thousands of rows
        return text.strip()
    return _SPACES.sub(" ", _HYPHENS.sub("-", _seen(text))).strip()


def plain_dashes(text: str) -> str:
    """For what has no dash but the hyphen: a number, an address, a day."""
    return _DASHES.sub("-", text)


def email(text: str) -> str:
    """The address in what was pasted: '<anna@voorbeeld.nl>,' or 'mailto:anna@voorbeeld.nl'. Else as typed."""
    given = plain_dashes(one_line(text)).rstrip(" .,;")
    if found := _IN_BRACKETS.fullmatch(given):
        given = found[1]
    if given[:7].lower() == "mailto:":
        given = given[7:].partition("?")[0]
    return given.strip().rstrip(".,;")


def phone(text: str) -> str:
    """A telephone number in the form that people read; other text as one line, for `is_phone` to refuse."""
    given = plain_dashes(one_line(text))
    number = _number(given)
    if number is None:
        return given
    is_home = number.country_code == HOME_CODE
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shape)


def is_phone(text: str) -> bool:
    return _number(text) is not None


def _number(text: str) -> phonenumbers.PhoneNumber | None:
    """Of our own country as long as any number, or one that is known to be shorter; of others what can be a number."""
    if not _PHONE.fullmatch(text):  # letters would be read as the keys that they stand on
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == HOME_CODE and len(str(number.national_number)) != HOME_DIGITS:
        return number if phonenumbers.is_valid_number(number) else None
    return number if phonenumbers.is_possible_number(number) else None


def _seen(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub(r"\1", text))
