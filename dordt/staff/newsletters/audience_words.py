"""What is said on screen of the readers of a newsletter."""

from dataclasses import dataclass

from dordt.newsletters.audience import Fate, Standing
from dordt.shared.formats import dutch_number

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
    """'Nu krijgen 1.200 abonnees deze nieuwsbrief. 3 niet: 2 hebben zelf een pauze gekozen, 1 …'"""
    return Told(_readers(standing), _left_out(standing))


def subscribers(count: int) -> str:
    """'1 abonnee', '1.200 abonnees'."""
    return f"{dutch_number(count)} {'abonnee' if count == 1 else 'abonnees'}"


def _readers(standing: Standing) -> str:
    if not standing.gets:
        return "Nu krijgt niemand deze nieuwsbrief."
    return f"Nu {'krijgt' if standing.gets == 1 else 'krijgen'} {subscribers(standing.gets)} deze nieuwsbrief."


def _left_out(standing: Standing) -> str:
    if not standing.excluded:
        return ""
    parts = [
        f"{dutch_number(count)} {(REASONS if count == 1 else REASONS_OF_MANY)[reason]}"
        for reason, count in standing.reasons.items()
        if count
    ]
    return f"{dutch_number(standing.excluded)} {'abonnee' if standing.excluded == 1 else 'abonnees'} niet: " + (
        ", ".join(parts) + "."
    )
