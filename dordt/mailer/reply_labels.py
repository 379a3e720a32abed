"""What the reply of a mail server says, in Dutch: by its enhanced status code, by clear words, or by its SMTP code."""

import re
from functools import lru_cache

from dordt.mailer.smtp.protocol import ENHANCED, Stage
from dordt.mailer.suppression.bounces import (
    GONE_CODES,
    SAYS_FULL,
    UNCLEAR_CODES,
    BounceClass,
    classify_bounce,
)
from dordt.shared.addresses import without_addresses

TAKEN, LATER, GONE, FULL = "Aangenomen", "Later opnieuw", "Adres bestaat niet", "Postvak vol"
NOT_REACHED, BROKEN_OFF, NO_ANSWER = "Mailserver niet bereikbaar", "Verbinding viel weg", "Mailserver antwoordde niet"
NOT_UNDERSTOOD, BY_RULE = "Mailserver begreep ons niet", "Geweigerd door regels van de mailserver"
TOO_FAST, TOO_LARGE, AS_SPAM = "Te veel e-mails achter elkaar", "Te groot", "Geweigerd als spam"
NO_LETTERS, NO_SIGN_IN = "Bijzondere letters worden niet aangenomen", "Aanmelden bij de mailserver mislukte"
NO_DKIM, NO_SPF, NO_TLS = "DKIM-controle mislukte", "SPF-controle mislukte", "Beveiligde verbinding lukte niet"
FOR_NOW = ", misschien voor even"  # of class 4: persistent transient

# RFC 3463 and the registry that IANA keeps of it (RFC 5248), without the class in front.
CODE_LABELS = {
    "1.0": "Adres wordt niet aangenomen",
    "1.1": GONE,
    "1.2": "Domein bestaat niet",
    "1.3": "Adres is niet goed geschreven",
    "1.4": "Adres is van meer dan één postvak",
    "1.5": "Adres bestaat",
    "1.6": "Adres is verhuisd",
    "1.7": "Ons afzenderadres is niet goed geschreven",
    "1.8": "Ons afzenderadres bestaat niet",
    "1.9": "Doorgestuurd naar een oude mailserver",
    "1.10": "Domein neemt geen e-mail aan",
    "2.0": "Postvak neemt niets aan",
    "2.1": "Postvak is gesloten",
    "2.2": FULL,
    "2.3": "Te groot voor dit postvak",
    "2.4": "Groepsadres werkt niet",
    "3.0": "Probleem bij de mailserver",
    "3.1": "Mailserver is vol",
    "3.2": "Mailserver neemt nu geen e-mail aan",
    "3.3": "Mailserver kan deze e-mail niet aan",
    "3.4": TOO_LARGE,
    "3.5": "Mailserver is verkeerd ingesteld",
    "3.6": "Verstuurd met een andere voorrang",
    "4.0": "Probleem met de verbinding",
    "4.1": NOT_REACHED,
    "4.2": BROKEN_OFF,
    "4.3": "Adresboek van de mailserver niet bereikbaar",
    "4.4": "Geen weg naar de mailserver",
    "4.5": "Mailserver heeft het te druk",
    "4.6": "E-mail draaide in een kringetje rond",
    "4.7": "Bezorgen duurde te lang",
    "5.0": NOT_UNDERSTOOD,
    "5.1": NOT_UNDERSTOOD,
    "5.2": NOT_UNDERSTOOD,
    "5.3": "Te veel ontvangers in één keer",
    "5.4": NOT_UNDERSTOOD,
    "5.5": NOT_UNDERSTOOD,
    "5.6": NO_SIGN_IN,
    "6.0": "Inhoud wordt niet aangenomen",
    "6.1": "Soort inhoud wordt niet aangenomen",
    "6.2": "Inhoud mag niet worden omgezet",
    "6.3": "Inhoud kan niet worden omgezet",
    "6.4": "Inhoud is onderweg omgezet",
    "6.5": "Inhoud kan niet worden omgezet",
    "6.6": "Inhoud is niet beschikbaar",
    "6.7": NO_LETTERS,
    "6.8": NO_LETTERS,
    "6.9": NO_LETTERS,
    "6.10": NO_LETTERS,
    "7.0": BY_RULE,
    "7.1": BY_RULE,
    "7.2": "Wij mogen niet naar dit groepsadres mailen",
    "7.3": NO_TLS,
    "7.4": NO_TLS,
    "7.5": NO_TLS,
    "7.6": NO_TLS,
    "7.7": "E-mail is onderweg veranderd",
    "7.8": NO_SIGN_IN,
    "7.9": "Manier van aanmelden is niet veilig genoeg",
    "7.10": "Verbinding moet beveiligd zijn",
    "7.11": "Verbinding moet beveiligd zijn",
    "7.12": "Wachtwoord van de mailserver moet nieuw",
    "7.13": "Account bij de mailserver is gesloten",
    "7.14": "Mailserver vertrouwt ons niet",
    "7.15": "Voorrang is te laag",
    "7.16": "Te groot voor deze voorrang",
    "7.17": "Postvak heeft een nieuwe eigenaar",
    "7.18": "Domein heeft een nieuwe eigenaar",
    "7.19": "Eigenaar van het postvak niet na te gaan",
    "7.20": NO_DKIM,
    "7.21": NO_DKIM,
    "7.22": NO_DKIM,
    "7.23": NO_SPF,
    "7.24": NO_SPF,
    "7.25": "Naam van onze mailserver klopt niet",
    "7.26": "Afzender niet te controleren",
    "7.27": "Ons afzenderadres neemt geen e-mail aan",
    "7.28": TOO_FAST,
    "7.29": "ARC-controle mislukte",
    "7.30": NO_TLS,
}
# Where nothing says more: RFC 5321, 4954, 3207 and 7504.
SMTP_LABELS = {
    421: "Mailserver neemt nu geen e-mail aan",
    450: "Postvak nu niet bereikbaar",
    452: "Mailserver is vol",
    454: NO_TLS,
    521: "Mailserver neemt geen e-mail aan",
    530: NO_SIGN_IN,
    535: NO_SIGN_IN,
    551: GONE,
    552: FULL,
    553: "Adres wordt niet aangenomen",
    556: "Domein neemt geen e-mail aan",
    **dict.fromkeys((500, 501, 502, 503, 504), NOT_UNDERSTOOD),
}
# Words that mean one thing whoever says them; also those of our own worker when there was no reply.
SAID = (
    (r"grey-?list|gray-?list|try (?:again|later)", LATER),
    (r"black-?list|block-?list|\bdnsbl\b|\brbl\b|spamhaus", "Onze mailserver staat op een blokkeerlijst"),
    (r"\bspam\w*|\bjunk\b|unsolicited|\bviagra\b", AS_SPAM),
    (r"\brelay(?:ing)? (?:access )?(?:denied|not)|not permitted to relay", "Mag niet via deze mailserver"),
    (r"\brate\b|too many (?:messages|connections|mails)|throttl|slow down", TOO_FAST),
    (r"\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated", "Afzender niet te controleren"),
    (r"too (?:big|large)|message size|size limit|exceed\w* size", TOO_LARGE),
    (r"certificate", "Certificaat van de mailserver klopt niet"),
    (r"authenticat\w+ (?:failed|required|credentials)|credentials", NO_SIGN_IN),
    (r"timed? ?out|no reply in time", NO_ANSWER),
    (r"connection refused|unreachable|no route|name or service|getaddrinfo|name resolution", NOT_REACHED),
    (r"closed the connection|ended the session|connection (?:was )?(?:lost|closed|reset)|broken pipe", BROKEN_OFF),
    (r"cannot be encoded", "Wij konden deze e-mail niet maken"),
    (r"the worker stops", "Wij stopten even met versturen"),
)
_SAID = tuple((re.compile(pattern, re.IGNORECASE), label) for pattern, label in SAID)
# What the reader's provider reports when somebody presses a button (RFC 5965).
FEEDBACK_LABELS = {
    "abuse": "Gemeld als spam",
    "fraud": "Gemeld als bedrog",
    "virus": "Gemeld als virus",
    "not-spam": "Gemeld als geen spam",
    **dict.fromkeys(("opt-out", "opt-out-list"), "Wil geen e-mail meer"),
}
FEEDBACK = re.compile(r"^feedback(?: report)?: ([a-z-]+)", re.IGNORECASE)
# What we write in front of a reply: at which step it came, and its code.
_NOTED = re.compile(
    rf"^(?:(?:{'|'.join(Stage)}|delayed|delivered|relayed|expanded): )?"
    r"(?:no answer\b|([245]\d\d)(?![\d.]))? ?-?(?:at \w+: )?",
    re.IGNORECASE,
)
_SMTP_CODE = re.compile(r"(?:^|said: |smtp; ?|: )([45]\d\d)(?![\d.])")  # any other number counts something else
_WORDS_DECIDE = {code[2:] for code in UNCLEAR_CODES if code} | {"7.0", "7.1"}
_GONE_DETAILS = {code[2:] for code in GONE_CODES}


@lru_cache(maxsize=1024)
def reply_label(said: str | None, code: int | None = None, enhanced: str | None = None) -> str:
    """'Postvak vol': what a reply, a bounce or a report of a complaint means; empty when nobody can say.

    said: as it came, or as the ledger notes it ('RCPT: 550 5.1.1 …'). code: of SMTP, enhanced: of RFC 3463; what is
    not given is looked for in the words. It never says of an address what the classification of bounces does not.
    """
    words = " ".join(without_addresses(said or "", instead="").split())
    if report := FEEDBACK.match(words):
        return FEEDBACK_LABELS.get(report[1].lower(), "")
    if noted := _NOTED.match(words):
        code, words = code or (int(noted[1]) if noted[1] else None), words[noted.end() :]
    found = _SMTP_CODE.search(words)
    code = code or (int(found[1]) if found else None)
    classes = str(code)[:1] if code else "45"  # a version of a filter looks like a status too
    status = enhanced or next((each for each in ENHANCED.findall(words) if each[0] in classes), "")
    first = status[:1] or str(code or "")[:1]
    if first == "2":
        return TAKEN
    return _passing(status, code, words) if first == "4" else _final(status, code, words)


def _passing(status: str, code: int | None, words: str) -> str:
    """Of a reply that may be another one next time."""
    if status[2:].endswith(".0") or status[2:] == "7.1":
        return _in_words(words) or LATER
    label = CODE_LABELS.get(status[2:]) or _in_words(words) or SMTP_LABELS.get(code or 0)
    if not label or label == LATER:
        return LATER
    return label if " nu " in label else f"{label}{FOR_NOW}"


def _final(status: str, code: int | None, words: str) -> str:
    detail, about = status[2:], classify_bounce(code=code, enhanced=status or None, words=words)
    label = CODE_LABELS.get(detail, "")
    if detail in _GONE_DETAILS and about is not BounceClass.GONE:
        label = ""  # it is said of something else than the address
    elif detail in _WORDS_DECIDE or not label:
        label = (GONE if about is BounceClass.GONE else _in_words(words)) or label
    return label or _in_words(words) or _by_subject(status) or _by_smtp_code(code, about)


def _in_words(words: str) -> str:
    if SAYS_FULL.search(words):
        return FULL
    return next((label for pattern, label in _SAID if pattern.search(words)), "")


def _by_subject(status: str) -> str:
    """Of a detail that no registry knows."""
    return CODE_LABELS.get(f"{status[2:3]}.0", "")


def _by_smtp_code(code: int | None, about: BounceClass) -> str:
    label = SMTP_LABELS.get(code or 0, "")
    if label == GONE and about is not BounceClass.GONE:
        label = ""
    return label or ("Geweigerd" if code else "")
