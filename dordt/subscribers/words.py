"""How states are called on screen."""

from dordt.consent.models import ConsentMethod
from dordt.subscribers.models import SubscriberState

STATE_WORDS = {
    SubscriberState.UNCONFIRMED: "niet bevestigd",
    SubscriberState.CONFIRMED: "bevestigd",
    SubscriberState.PAUSED: "pauze",
    SubscriberState.UNSUBSCRIBED: "afgemeld",
}
METHOD_WORDS = {
    ConsentMethod.WEB_FORM: "formulier op de site",
    ConsentMethod.IMPORT: "overgenomen uit een lijst",
    ConsentMethod.STAFF: "door een medewerker",
}
# Why staff take somebody off the list: a choice, so that no words about a person stand in the log.
LEAVE_REASONS = {
    "phone": "De abonnee vroeg het telefonisch",
    "desk": "De abonnee vroeg het aan de balie",
    "mail": "De abonnee vroeg het per e-mail of brief",
    "address": "Het adres werkt niet meer",
}
