"""What states and kinds are called on screen."""

from dordt.consent.models import ConsentMethod
from dordt.mailer.models import DeliveryState
from dordt.subscribers.models import ImportState, SubscriberState, UnsubscribeReason, UnsubscribeWay

STATE_LABELS = {
    SubscriberState.UNCONFIRMED: "Niet bevestigd",
    SubscriberState.CONFIRMED: "Bevestigd",
    SubscriberState.PAUSED: "Pauze",
    SubscriberState.UNSUBSCRIBED: "Afgemeld",
}
IMPORT_LABELS = {
    ImportState.UPLOADED: "Nog niet gestart",
    ImportState.QUEUED: "Begint zo",
    ImportState.RUNNING: "Bezig",
    ImportState.DONE: "Klaar",
    ImportState.FAILED: "Mislukt",
    ImportState.WITHDRAWN: "Ingetrokken",
    ImportState.UNDONE: "Ongedaan gemaakt",
}
METHOD_LABELS = {
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
# The two below are read by residents too.
WAY_LABELS = {
    UnsubscribeWay.LINK: "Link in de nieuwsbrief",
    UnsubscribeWay.ONE_CLICK: "Knop van het e-mailprogramma",
    UnsubscribeWay.MAIL: "E-mail aan ons",
    UnsubscribeWay.STAFF: "Door een medewerker",
}
REASON_LABELS = {
    UnsubscribeReason.TOO_OFTEN: "Ik krijg te veel e-mail",
    UnsubscribeReason.NOT_MY_WIJK: "Het gaat te weinig over mijn wijk",
    UnsubscribeReason.NOT_USEFUL: "Ik heb er niet genoeg aan",
    UnsubscribeReason.READS_ELSEWHERE: "Ik lees het nieuws ergens anders",
    UnsubscribeReason.NEVER_ASKED: "Ik heb niet om de nieuwsbrief gevraagd",
    UnsubscribeReason.OTHER: "Iets anders",
}
# What became of a newsletter, as its reader may read it.
SENT_LABELS = {
    DeliveryState.QUEUED: "Wordt verstuurd",
    DeliveryState.LEASED: "Wordt verstuurd",
    DeliveryState.SENDING: "Wordt verstuurd",
    DeliveryState.DEFERRED: "Wordt later nog eens geprobeerd",
    DeliveryState.ACCEPTED: "Verstuurd",
    DeliveryState.UNCERTAIN: "Verstuurd, misschien niet aangekomen",
    DeliveryState.FAILED: "Niet aangekomen",
    DeliveryState.BOUNCED: "Niet aangekomen",
    DeliveryState.COMPLAINED: "Verstuurd, door u als ongewenst gemeld",
    DeliveryState.SUPPRESSED: "Niet verstuurd",
    DeliveryState.CANCELLED: "Niet verstuurd",
}
