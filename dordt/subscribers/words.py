"""How states are called on screen."""

from dordt.consent.models import ConsentMethod
from dordt.subscribers.models import SubscriberState

STATE_WORDS = {
    SubscriberState.UNCONFIRMED: "Niet bevestigd",
    SubscriberState.CONFIRMED: "Bevestigd",
    SubscriberState.PAUSED: "Pauze",
    SubscriberState.UNSUBSCRIBED: "Afgemeld",
}
METHOD_WORDS = {
    ConsentMethod.WEB_FORM: "Formulier op de site",
    ConsentMethod.IMPORT: "Overgenomen uit een lijst",
    ConsentMethod.STAFF: "Door een medewerker",
}
# Why staff take somebody off the list: a choice, so that no words about a person stand in the log.
LEAVE_REASONS = {
    "phone": "De abonnee vroeg het telefonisch",
    "desk": "De abonnee vroeg het aan de balie",
    "mail": "De abonnee vroeg het per e-mail of brief",
    "address": "Het adres werkt niet meer",
}
