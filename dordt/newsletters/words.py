"""How states are called on screen."""

from dordt.mailer.models import DeliveryState
from dordt.newsletters.models import NewsletterState

STATE_WORDS = {
    NewsletterState.DRAFT: "concept",
    NewsletterState.APPROVED: "goedgekeurd",
    NewsletterState.SCHEDULED: "gepland",
    NewsletterState.SENDING: "wordt verstuurd",
    NewsletterState.PAUSED: "staat stil",
    NewsletterState.SENT: "verstuurd",
    NewsletterState.CANCELLED: "gestopt",
}
DELIVERY_WORDS = {
    DeliveryState.QUEUED: "wacht op verzending",
    DeliveryState.LEASED: "ligt klaar om te gaan",
    DeliveryState.SENDING: "gaat nu weg",
    DeliveryState.DEFERRED: "wordt later opnieuw geprobeerd",
    DeliveryState.ACCEPTED: "aangenomen door de mailserver",
    DeliveryState.BOUNCED: "kwam terug",
    DeliveryState.COMPLAINED: "gaf een klacht",
    DeliveryState.FAILED: "geweigerd",
    DeliveryState.UNCERTAIN: "onzeker of hij aankwam",
    DeliveryState.SUPPRESSED: "overgeslagen: adres werkt niet of wil niets",
    DeliveryState.CANCELLED: "niet verstuurd: afgemeld of gestopt",
}
