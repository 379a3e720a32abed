"""How states and blocks are called on screen."""

from dordt.mailer.models import DeliveryState
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.models import NewsletterState

STATE_WORDS = {
    NewsletterState.DRAFT: "Concept",
    NewsletterState.APPROVED: "Goedgekeurd",
    NewsletterState.SCHEDULED: "Gepland",
    NewsletterState.SENDING: "Wordt verstuurd",
    NewsletterState.PAUSED: "Staat stil",
    NewsletterState.SENT: "Verstuurd",
    NewsletterState.CANCELLED: "Gestopt",
}
BLOCK_WORDS = {
    BlockKind.INTRO: "Inleiding",
    BlockKind.ARTICLE: "Nieuwsbericht",
    BlockKind.WORKGROUP: "Werkgroep",
    BlockKind.QUOTE: "Citaat",
    BlockKind.IMAGE: "Afbeelding",
    BlockKind.BUTTON: "Knop",
    BlockKind.OUTCOME: "Wat deden wij met uw inbreng",
    BlockKind.TEXT: "Vrije tekst",
}
DELIVERY_WORDS = {
    DeliveryState.QUEUED: "Wacht op verzending",
    DeliveryState.LEASED: "Ligt klaar om te gaan",
    DeliveryState.SENDING: "Gaat nu weg",
    DeliveryState.DEFERRED: "Wordt later opnieuw geprobeerd",
    DeliveryState.ACCEPTED: "Aangenomen door de mailserver",
    DeliveryState.BOUNCED: "Kwam terug",
    DeliveryState.COMPLAINED: "Gaf een klacht",
    DeliveryState.FAILED: "Geweigerd",
    DeliveryState.UNCERTAIN: "Onzeker of hij aankwam",
    DeliveryState.SUPPRESSED: "Overgeslagen: adres werkt niet of wil niets",
    DeliveryState.CANCELLED: "Niet verstuurd: afgemeld of gestopt",
}
