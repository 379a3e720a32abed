"""How the log calls what was done, and to what."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from dordt.accounts.rights import ROLE_LABELS
from dordt.audit.models import AuditEntry
from dordt.contact.labels import OUTCOME_LABELS, STATUS_LABELS
from dordt.mailer.labels import CAUSE_LABELS, SCOPE_LABELS
from dordt.shared.formats import dutch_date
from dordt.subscribers.labels import LEAVE_REASONS
from dordt.workgroups.labels import STATE_LABELS

ACTIONS: dict[str, str] = {
    "member.created": "Account gemaakt",
    "member.role_changed": "Rol gewijzigd",
    "member.disabled": "Account gesloten",
    "member.enabled": "Account weer geopend",
    "member.password_changed": "Wachtwoord gewijzigd",
    "member.signed_in": "Ingelogd",
    "member.signed_out": "Uitgelogd",
    "member.sign_in_failed": "Inloggen mislukt",
    "message.sent": "Bericht verstuurd",
    "message.added_to": "Bericht aangevuld",
    "message.assigned": "Bericht toegewezen",
    "message.noted": "Notitie gemaakt bij bericht",
    "message.new": "Bericht teruggezet bij nieuw",
    "message.in_progress": "Bericht in behandeling genomen",
    "message.waiting_for_resident": "Vraag gesteld aan bewoner",
    "message.waiting_for_team": "Bericht doorgegeven aan ander team",
    "message.answered": "Bericht beantwoord",
    "message.closed": "Bericht gesloten zonder antwoord",
    "message.declined": "Bericht gesloten zonder vervolg",
    "message.unwanted": "Bericht ongewenst genoemd",
    "membership.confirmed": "Aanmelding bevestigd",
    "membership.approved": "Aanmelding goedgekeurd",
    "membership.waiting": "Aanmelding op de wachtlijst gezet",
    "membership.declined": "Aanmelding afgewezen",
    "membership.left": "Afgemeld bij werkgroep",
    "membership.erased_unconfirmed": "Niet bevestigde aanmelding gewist",
    "subscriber.confirmed": "Aanmelding nieuwsbrief bevestigd",
    "subscriber.unsubscribed": "Afgemeld voor nieuwsbrief",
    "subscriber.choices_changed": "Keuzes voor nieuwsbrief gewijzigd",
    "subscriber.paused": "Nieuwsbrief op pauze gezet",
    "subscriber.resumed": "Pauze van nieuwsbrief gestopt",
    "subscriber.pauses_ended": "Pauzes van de nieuwsbrief voorbij",
    "subscriber.address_changed": "Adres voor nieuwsbrief gewijzigd",
    "subscriber.entered": "Abonnee ingevoerd",
    "subscriber.asked_by_staff": "Eerder afgemelde abonnee om bevestiging gevraagd",
    "subscriber.exported": "Lijst met abonnees gedownload",
    "subscriber.proof_taken": "Bewijs van toestemming gedownload",
    "subscriber.import_started": "Import van abonnees gestart",
    "subscriber.import_withdrawn": "Bestand met abonnees gewist",
    "subscriber.imported": "Abonnees geïmporteerd",
    "subscriber.import_undone": "Import van abonnees ongedaan gemaakt",
    "newsletter.created": "Nieuwsbrief begonnen",
    "newsletter.edited": "Nieuwsbrief gewijzigd",
    "newsletter.reopened": "Goedkeuring van nieuwsbrief vervallen om te bewerken",
    "newsletter.approved": "Nieuwsbrief goedgekeurd",
    "newsletter.approved_alone": "Nieuwsbrief goedgekeurd zonder tweede persoon",
    "newsletter.approved_by_operator": "Nieuwsbrief goedgekeurd op de opdrachtregel",
    "newsletter.policy_changed": "Goedkeuren van nieuwsbrieven anders ingesteld",
    "newsletter.tested": "Testmail van nieuwsbrief verstuurd",
    "newsletter.scheduled": "Nieuwsbrief gepland",
    "newsletter.unscheduled": "Planning van nieuwsbrief ingetrokken",
    "newsletter.not_started": "Geplande nieuwsbrief kon niet beginnen",
    "newsletter.too_late": "Geplande nieuwsbrief te laat: niet begonnen",
    "newsletter.started": "Versturen van nieuwsbrief begonnen",
    "newsletter.paused": "Versturen van nieuwsbrief stilgezet",
    "newsletter.resumed": "Versturen van nieuwsbrief hervat",
    "newsletter.cancelled": "Nieuwsbrief gestopt",
    "newsletter.sent": "Nieuwsbrief verstuurd",
    "newsletter.exported": "Verslag van nieuwsbrief per abonnee gedownload",
    "newsletter_template.created": "Sjabloon bewaard",
    "newsletter_template.renamed": "Sjabloon anders genoemd",
    "newsletter_template.removed": "Sjabloon weggegooid",
    "newsletter.resent": "Deel van nieuwsbrief opnieuw verstuurd",
    "delivery.resent": "E-mail opnieuw verstuurd",
    "suppression.added": "Adres geblokkeerd",
    "suppression.released": "Geblokkeerd adres vrijgegeven",
    "inbound_mail.handled": "Binnengekomen e-mail afgehandeld",
    "inbound_mail.reopened": "Binnengekomen e-mail heropend",
    "closed_day.added": "Gesloten dag toegevoegd",
    "closed_day.removed": "Gesloten dag weggehaald",
    "article.created": "Nieuwsbericht begonnen",
    "article.saved": "Nieuwsbericht bewaard",
    "article.published": "Nieuwsbericht gepubliceerd",
    "article.withdrawn": "Nieuwsbericht ingetrokken",
    "article.imported": "Nieuwsbericht overgenomen",
}
SUBJECTS: dict[str, str] = {
    "staff_member": "Medewerker",
    "message": "Bericht",
    "membership": "Aanmelding",
    "workgroup": "Werkgroep",
    "article": "Nieuwsbericht",
    "newsletter": "Nieuwsbrief",
    "newsletter_policy": "Instelling",
    "newsletter_template": "Sjabloon",
    "subscriber": "Abonnee",
    "subscriber_import": "Lijst met abonnees",
    "delivery": "E-mail",
    "suppression": "Geblokkeerd adres",
    "inbound_mail": "Binnengekomen e-mail",
    "closed_day": "Gesloten dag",
}
DETAILS: dict[str, str] = {
    "day": "dag",
    "before": "was",
    "after": "werd",
    "role": "rol",
    "outcome": "uitkomst",
    "files": "bestanden",
    "slug": "adres van de pagina",
    "address_hash": "kenmerk van het adres",
    "origin": "vanaf",
    "number": "nummer",
    "frozen": "abonnees",
    "stopped": "niet meer verstuurd",
    "reason": "reden",
    "count": "aantal",
    "added": "toegevoegd",
    "known": "al bekend",
    "unsubscribed": "eerder afgemeld",
    "refused": "geweigerd",
    "rows": "regels",
    "consent": "nummer van het bewijs",
    "removed": "van de lijst",
    "returned": "weer onbevestigd",
    "ended": "afgemeld",
    "stayed": "bleven staan",
    "resent": "opnieuw verstuurd",
    "state": "stond op",
    "scope": "welke e-mail",
    "cause": "oorzaak",
    "tests": "testmails",
    "version": "versie",
    "second_person": "tweede persoon",
    "starts": "begint",
    "latest": "niet later dan",
    "kind": "soort bestand",
    "message": "bij bericht",
}
WITH_A_NUMBER = {"newsletter"}  # of its own: the row id would be a second one
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CHANGES = {"before", "after"}  # a number here is a member of staff; elsewhere it counts something


def _lower(*labels: Mapping[Any, str]) -> dict[str, str]:
    return {str(value): label.lower() for each in labels for value, label in each.items()}


# By the kind of subject: the same value can mean different things, as "declined" of a message and of a membership.
VALUES: dict[str, dict[str, str]] = {
    "staff_member": {role: label.lower() for role, (label, _may) in ROLE_LABELS.items()},
    "message": _lower(STATUS_LABELS, OUTCOME_LABELS),
    "membership": _lower(STATE_LABELS),
    "subscriber": LEAVE_REASONS,
    "newsletter": {"failed": "geweigerd", "uncertain": "onzeker"},
    "newsletter_policy": {"on": "aan", "off": "uit"},
    "suppression": _lower(SCOPE_LABELS, CAUSE_LABELS),
}
# Where a thing can be seen: the page, and the name of the row id in its address.
PAGES: dict[str, tuple[str, str]] = {
    "staff_member": ("staff.members.show", "member_id"),
    "message": ("staff.contact.message", "message_id"),
    "membership": ("staff.workgroups.membership", "membership_id"),
    "article": ("staff.news.edit", "article_id"),
    "newsletter": ("staff.newsletters.show", "newsletter_id"),
    "subscriber": ("staff.subscribers.show", "subscriber_id"),
    "subscriber_import": ("staff.subscribers.show_import", "import_id"),
    "delivery": ("staff.post.show", "delivery_id"),
    "inbound_mail": ("staff.post.show_inbound", "mail_id"),
}


def details(entry: AuditEntry, people: Mapping[str, str]) -> str:
    """What changed, in words; `people` gives the names of members by their row id."""
    labels = VALUES.get(entry.subject_type, {})
    shown = ((key, value, people if key in CHANGES else {}) for key, value in entry.detail.items() if value)
    return " · ".join(f"{DETAILS.get(key, key)}: {_value(value, labels, names)}" for key, value, names in shown)


def _day(text: str) -> str:
    """A day is kept as 2027-03-01."""
    return dutch_date(date.fromisoformat(text)) if DAY.fullmatch(text) else text


def _value(value: object, labels: Mapping[str, str], people: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_value(each, labels, people) for each in value)
    text = _day(str(value))
    return people.get(text, text) if isinstance(value, int) else labels.get(text, text)
