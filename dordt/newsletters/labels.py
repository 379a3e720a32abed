"""How states and blocks are called on screen."""

from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.models import NewsletterState

STATE_LABELS = {
    NewsletterState.DRAFT: "Concept",
    NewsletterState.APPROVED: "Goedgekeurd",
    NewsletterState.SCHEDULED: "Gepland",
    NewsletterState.SENDING: "Wordt verstuurd",
    NewsletterState.PAUSED: "Staat stil",
    NewsletterState.SENT: "Verstuurd",
    NewsletterState.CANCELLED: "Gestopt",
}
BLOCK_LABELS = {
    BlockKind.INTRO: "Inleiding",
    BlockKind.ARTICLE: "Nieuwsbericht",
    BlockKind.WORKGROUP: "Werkgroep",
    BlockKind.QUOTE: "Citaat",
    BlockKind.IMAGE: "Afbeelding",
    BlockKind.BUTTON: "Knop",
    BlockKind.OUTCOME: "Wat deden wij met uw inbreng",
    BlockKind.TEXT: "Vrije tekst",
}
