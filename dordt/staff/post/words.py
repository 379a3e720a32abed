"""How the post room speaks on screen."""

from dordt.mailer.models import MailEventKind, MailKind

KIND_WORDS = {
    MailKind.TRANSACTIONAL: "Persoonlijke e-mail",
    MailKind.NEWSLETTER: "Nieuwsbrief",
    MailKind.GROUP: "E-mail aan een werkgroep",
}
EVENT_WORDS = {
    MailEventKind.ACCEPTED: "Aangenomen door de mailserver",
    MailEventKind.DEFERRED: "Uitgesteld: later opnieuw",
    MailEventKind.FAILED: "Geweigerd",
    MailEventKind.UNCERTAIN: "Onzeker: de verbinding viel weg",
    MailEventKind.RESENT: "Opnieuw verstuurd door een medewerker",
    MailEventKind.BOUNCED: "Kwam terug",
    MailEventKind.COMPLAINED: "De ontvanger gaf een klacht",
    MailEventKind.UNSUBSCRIBED: "De ontvanger meldde zich af",
}
