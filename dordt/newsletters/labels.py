"""How states are called on screen."""

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
