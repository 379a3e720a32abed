"""What is said on screen of the readers of a newsletter."""

from collections.abc import Mapping
from dataclasses import dataclass

from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending.audience import Fate, Standing
from dordt.shared.formats import dutch_number

NOBODY = "Nu krijgt niemand deze nieuwsbrief."
FATE_WORDS = {
    Fate.GETS: "Krijgt de nieuwsbrief",
    Fate.PAUSED: "Heeft een pauze",
    Fate.ALREADY: "Kreeg de eerdere nieuwsbrief al",
    Fate.SUPPRESSED: "Adres is geblokkeerd",
}
REASONS = {
    Fate.PAUSED: "heeft zelf een pauze gekozen",
    Fate.ALREADY: "kreeg de eerdere nieuwsbrief al",
    Fate.SUPPRESSED: "heeft een adres dat is geblokkeerd",
}
REASONS_OF_MANY = {
    Fate.PAUSED: "hebben zelf een pauze gekozen",
    Fate.ALREADY: "kregen de eerdere nieuwsbrief al",
    Fate.SUPPRESSED: "hebben een adres dat is geblokkeerd",
}


@dataclass(frozen=True)
class Told:
    """Who gets it, in one sentence, and who does not, in one more; the second is empty when nobody is left out."""

    readers: str
    left_out: str

    @property
    def text(self) -> str:
        """Both."""
        return " ".join(part for part in (self.readers, self.left_out) if part)


def told(standing: Standing) -> Told:
    """'Nu krijgen 1.200 abonnees deze nieuwsbrief. 3 abonnees niet: 2 hebben zelf een pauze gekozen, 1 …'"""
    gets = "krijgt" if standing.gets == 1 else "krijgen"
    readers = f"Nu {gets} {subscribers(standing.gets)} deze nieuwsbrief." if standing.gets else NOBODY
    return Told(readers, _left_out(standing.reasons))


def told_at_start(newsletter: Newsletter) -> Told:
    """The same of a newsletter that was started: the numbers of that moment."""
    mail, noted = newsletter.mail, newsletter.exclusions or {}
    frozen = mail.frozen_count if mail else 0
    reasons = {reason: int(noted.get(reason.value, 0)) for reason in REASONS}
    if mail and not noted:  # started before reasons were kept
        reasons[Fate.SUPPRESSED] = mail.excluded_count
    return Told(f"De nieuwsbrief ging naar {subscribers(frozen)}.", _left_out(reasons))


def subscribers(count: int) -> str:
    """'1 abonnee', '1.200 abonnees'."""
    return f"{dutch_number(count)} {'abonnee' if count == 1 else 'abonnees'}"


def for_whom(newsletter: Newsletter) -> list[str]:
    """What was chosen, a line each; one line when it is for everybody."""
    lines = []
    if newsletter.neighbourhoods:
        lines.append(f"Wijken: {', '.join(wijk.name for wijk in newsletter.neighbourhoods)}")
    if newsletter.topics:
        lines.append(f"Thema’s: {', '.join(topic.name for topic in newsletter.topics)}")
    if newsletter.not_to:
        lines.append(f"Niet naar wie nieuwsbrief {newsletter.not_to.number} kreeg")
    return lines or ["Alle abonnees"]


def _left_out(reasons: Mapping[Fate, int]) -> str:
    total = sum(reasons.values())
    parts = [
        f"{dutch_number(count)} {(REASONS if count == 1 else REASONS_OF_MANY)[reason]}"
        for reason, count in reasons.items()
        if count
    ]
    return f"{subscribers(total)} niet: {', '.join(parts)}." if total else ""
