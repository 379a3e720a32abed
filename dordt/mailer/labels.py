"""What the states, kinds and causes of the mailer are called on screen."""

from dordt.mailer.models import (
    DeliveryState,
    InboundKind,
    MailEventKind,
    MailKind,
    SuppressionCause,
    SuppressionScope,
)

KIND_LABELS = {
    MailKind.TRANSACTIONAL: "Persoonlijke e-mail",
    MailKind.NEWSLETTER: "Nieuwsbrief",
    MailKind.GROUP: "E-mail aan een werkgroep",
}
DELIVERY_LABELS = {
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
EVENT_LABELS = {
    MailEventKind.ACCEPTED: "Aangenomen door de mailserver",
    MailEventKind.DEFERRED: "Uitgesteld: later opnieuw",
    MailEventKind.FAILED: "Geweigerd",
    MailEventKind.UNCERTAIN: "Onzeker: de verbinding viel weg",
    MailEventKind.RESENT: "Opnieuw verstuurd door een medewerker",
    MailEventKind.BOUNCED: "Kwam terug",
    MailEventKind.SOFT_BOUNCED: "Kwam terug, misschien voor even",
    MailEventKind.DELAYED: "Bezorgen duurt langer",
    MailEventKind.COMPLAINED: "De ontvanger gaf een klacht",
    MailEventKind.UNSUBSCRIBED: "De ontvanger meldde zich af",
    MailEventKind.AUTO_REPLIED: "Automatisch antwoord van de ontvanger",
}
SCOPE_LABELS = {
    SuppressionScope.ALL: "Alle e-mail",
    SuppressionScope.NEWSLETTER: "De nieuwsbrief",
    SuppressionScope.GROUP: "E-mail van werkgroepen",
}
CAUSE_LABELS = {
    SuppressionCause.HARD_BOUNCE: "Adres bestaat niet",
    SuppressionCause.SOFT_BOUNCES: "Kwam te vaak terug",
    SuppressionCause.COMPLAINT: "Klacht van de ontvanger",
    SuppressionCause.STAFF: "Door een medewerker",
}
INBOUND_LABELS = {
    InboundKind.BOUNCE: "Onze e-mail kwam terug",
    InboundKind.SOFT_BOUNCE: "Onze e-mail kwam terug, misschien voor even",
    InboundKind.DELAY: "Onze e-mail is vertraagd",
    InboundKind.COMPLAINT: "Klacht over onze e-mail",
    InboundKind.UNSUBSCRIBE: "Afmelding",
    InboundKind.AUTO_REPLY: "Automatisch antwoord",
    InboundKind.UNKNOWN: "Niet herkend",
}
# What a state means, and what a member of staff can do.
STATE_ADVICE = {
    DeliveryState.QUEUED: ("Deze e-mail staat in de rij.", "U hoeft niets te doen. Hij gaat vanzelf weg."),
    DeliveryState.LEASED: ("Deze e-mail is aan de beurt.", "U hoeft niets te doen. Hij gaat zo weg."),
    DeliveryState.SENDING: ("Deze e-mail gaat op dit moment weg.", "U hoeft niets te doen. Kijk straks nog eens."),
    DeliveryState.DEFERRED: (
        "De mailserver nam deze e-mail nog niet aan. Wij proberen het later opnieuw, twee dagen lang.",
        "U hoeft niets te doen. Lukt het niet, dan staat hier straks ‘Geweigerd’.",
    ),
    DeliveryState.ACCEPTED: (
        "De mailserver nam deze e-mail aan en brengt hem naar de ontvanger.",
        "U hoeft niets te doen. Zegt iemand dat de e-mail er niet is? Laat diegene kijken bij ongewenste e-mail.",
    ),
    DeliveryState.FAILED: (
        "De mailserver weigerde deze e-mail. De ontvanger heeft hem niet.",
        "Lees hieronder waarom. Is de oorzaak weg, dan kunt u de e-mail opnieuw versturen.",
    ),
    DeliveryState.UNCERTAIN: (
        "De verbinding viel weg op het laatste moment. Niemand weet of deze e-mail aankwam.",
        "Kan de beheerder in het logboek van de mailserver kijken? Zoek daar op het Message-ID. "
        "Staat het er niet? Verstuur dan opnieuw.",
    ),
    DeliveryState.BOUNCED: (
        "De e-mail was aangenomen, maar kwam daarna terug. De ontvanger heeft hem niet.",
        "Lees hieronder waarom. Kent u de ontvanger? Vraag naar een ander adres.",
    ),
    DeliveryState.COMPLAINED: (
        "De ontvanger noemde deze e-mail ongewenst.",
        "Mail dit adres niet meer, ook niet om te vragen waarom.",
    ),
    DeliveryState.SUPPRESSED: (
        "Deze e-mail is niet verstuurd, want het adres is geblokkeerd.",
        "Klopt de blokkade niet meer? Geef het adres dan vrij. Deze e-mail gaat daarna niet alsnog weg.",
    ),
    DeliveryState.CANCELLED: (
        "Deze e-mail is niet verstuurd. De ontvanger meldde zich af, of een medewerker stopte het versturen.",
        "U hoeft niets te doen.",
    ),
}
