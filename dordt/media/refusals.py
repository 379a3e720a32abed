"""Why a file is not taken."""

from enum import StrEnum

from dordt.shared.problems import DomainError


class Refusal(StrEnum):
    """The reason, as the command line says it."""

    EMPTY = "the file is empty"
    TOO_LARGE = "the file is larger than 10 MB"
    NO_IMAGE = "the file is no picture that we can read: use JPEG, PNG, WebP or GIF"
    TOO_MANY_PIXELS = "the picture has more than 40 million pixels"
    NO_PDF = "the file is no PDF"


DUTCH = {
    Refusal.EMPTY: "Dit bestand is leeg. Kies een ander bestand.",
    Refusal.TOO_LARGE: "Dit bestand is te groot. Kies een bestand van hoogstens 10 MB.",
    Refusal.NO_IMAGE: "Wij kunnen deze afbeelding niet lezen. Kies een JPEG, PNG, WebP of GIF.",
    Refusal.TOO_MANY_PIXELS: "Deze afbeelding is te groot. Maak haar kleiner, tot hoogstens 40 miljoen beeldpunten.",
    Refusal.NO_PDF: "Dit bestand is geen pdf. Sla het op als pdf en kies het opnieuw.",
}


class MediaRefused(DomainError):
    """A file that we do not take; `text` says what to do, in Dutch, for the screen."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.text = DUTCH[reason]
