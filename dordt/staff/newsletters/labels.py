"""How the pages of newsletters call their readers, their approval, and the numbers of a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dordt.mailer.models import DeliveryState
from dordt.mailer.suppression.bounces import FailureCause
from dordt.newsletters.models import Newsletter
from dordt.newsletters.reporting.services import Interval, Unit
from dordt.newsletters.sending import policy
from dordt.newsletters.sending.audience import AudienceCount, RecipientStatus
from dordt.shared.formats import MONTHS, capital, dutch_date, dutch_number, short_month

NOBODY = "Nu krijgt niemand deze nieuwsbrief."
RECIPIENT_LABELS = {
    RecipientStatus.GETS: "Krijgt de nieuwsbrief",
    RecipientStatus.PAUSED: "Heeft een pauze",
    RecipientStatus.ALREADY: "Kreeg de eerdere nieuwsbrief al",
    RecipientStatus.SUPPRESSED: "Adres is geblokkeerd",
}
EXCLUSION_LABELS = {  # of one subscriber, and of more
    RecipientStatus.PAUSED: ("{} heeft een pauze", "{} hebben een pauze"),
    RecipientStatus.ALREADY: ("{} kreeg de eerdere nieuwsbrief al", "{} kregen de eerdere nieuwsbrief al"),
    RecipientStatus.SUPPRESSED: ("van {} is het adres geblokkeerd",) * 2,
}
STATE_EXPLANATIONS = {
    DeliveryState.QUEUED: "Staat in de rij en gaat vanzelf weg.",
    DeliveryState.LEASED: "Is aan de beurt.",
    DeliveryState.SENDING: "Gaat op dit moment weg.",
    DeliveryState.DEFERRED: "De mailserver nam hem nog niet aan. Wij proberen het later opnieuw, twee dagen lang.",
    DeliveryState.ACCEPTED: "De mailserver nam hem aan en bezorgt hem. Of iemand hem leest, weten wij niet.",
    DeliveryState.BOUNCED: "Eerst aangenomen, daarna teruggestuurd. De lezer heeft hem niet.",
    DeliveryState.COMPLAINED: "De lezer kreeg hem en noemde hem ongewenst. Dit adres krijgt geen nieuwsbrief meer.",
    DeliveryState.FAILED: "De mailserver weigerde hem, of het lukte twee dagen lang niet.",
    DeliveryState.UNCERTAIN: "De verbinding viel weg op het laatste moment. Niemand weet of hij aankwam.",
    DeliveryState.SUPPRESSED: "Het adres is geblokkeerd sinds het versturen begon. Er ging niets weg.",
    DeliveryState.CANCELLED: "De lezer meldde zich af voordat hij wegging, of een medewerker stopte het versturen.",
}
CAUSE_LABELS = {
    FailureCause.GONE: "Het adres bestaat niet (meer)",
    FailureCause.TROUBLED: "Het postvak was vol of dagenlang niet te bereiken",
    FailureCause.OURS: "Geweigerd om onze e-mail, niet om het adres",
    FailureCause.UNCLEAR: "Geweigerd zonder duidelijke reden",
    FailureCause.SILENT: "De mailserver gaf geen antwoord",
}
NO_REASON = "Geen reden gegeven"


@dataclass(frozen=True)
class AudienceSummary:
    """Who gets it, in one sentence, and who does not, in one more; the second is empty when nobody is left out."""

    readers: str
    left_out: str

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.readers, self.left_out) if part)


def audience_summary(count: AudienceCount) -> AudienceSummary:
    """'Nu krijgen 1.200 abonnees deze nieuwsbrief. Wij slaan over: 3 abonnees. 2 hebben een pauze, …'"""
    gets = "krijgt" if count.gets == 1 else "krijgen"
    readers = f"Nu {gets} {subscribers(count.gets)} deze nieuwsbrief." if count.gets else NOBODY
    return AudienceSummary(readers, _left_out("Wij slaan over", count.reasons))


def frozen_summary(newsletter: Newsletter) -> AudienceSummary:
    """The same of a newsletter that was started: the numbers of that moment."""
    mail, noted = newsletter.mail, newsletter.exclusions or {}
    frozen = mail.frozen_count if mail else 0
    reasons = {reason: int(noted.get(reason.value, 0)) for reason in EXCLUSION_LABELS}
    if mail and not noted:  # started before reasons were kept
        reasons[RecipientStatus.SUPPRESSED] = mail.excluded_count
    readers = f"De nieuwsbrief ging naar {subscribers(frozen)}."
    return AudienceSummary(readers, _left_out("Vooraf overgeslagen", reasons))


def subscribers(count: int) -> str:
    """'1 abonnee', '1.200 abonnees'."""
    return f"{dutch_number(count)} {'abonnee' if count == 1 else 'abonnees'}"


def for_whom(newsletter: Newsletter) -> list[str]:
    """What was chosen, a line each; one line when it is for everybody."""
    lines = []
    if newsletter.neighbourhoods:
        lines.append(f"Wijken: {', '.join(wijk.name for wijk in newsletter.neighbourhoods)}")
    if newsletter.topics:
        lines.append(f"Thema’s: {', '.join(topic.name for topic in newsletter.topics)}")
    if newsletter.not_to:
        lines.append(f"Niet naar wie {newsletter.not_to.name} kreeg")
    return lines or ["Alle abonnees"]


def approved_by(newsletter: Newsletter) -> str:
    """'door Anna, zonder tweede persoon': who approved it; empty when nobody did."""
    if newsletter.approved_at is None:
        return ""
    if newsletter.approved_by is None:
        return "op de opdrachtregel"
    return f"door {newsletter.approved_by.name}" + (
        ", zonder tweede persoon" if policy.is_single_approver(newsletter) else ""
    )


def duration(time: timedelta) -> str:
    """'12 minuten', '3 uur en 20 minuten', '2 dagen en 3 uur'."""
    minutes = round(time.total_seconds() / 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "minder dan een minuut"
    if not hours:
        return _minutes(minutes)
    if not days:
        return _both(f"{hours} uur", _minutes(minutes % 60))
    return _both(f"{days} {'dag' if days == 1 else 'dagen'}", f"{hours % 24} uur" if hours % 24 else "")


def rate(count: int, time: timedelta) -> str:
    """'240 e-mails per seconde', or per minute or hour when it is slow; empty when that says nothing."""
    for unit, seconds in {"seconde": 1, "minuut": 60, "uur": 3600}.items():
        each = count * seconds / max(time.total_seconds(), 1)
        if each >= 1.5:
            return f"{dutch_number(round(each))} e-mails per {unit}"
    return ""


def name_of(step: Interval, unit: Unit) -> str:
    """'week van 23 november 2026', 'november 2026', '2026': in the table."""
    if unit is Unit.WEEK:
        return f"week van {dutch_date(step.starts_on)}"
    return (
        f"{MONTHS[step.starts_on.month - 1]} {step.starts_on.year}" if unit is Unit.MONTH else str(step.starts_on.year)
    )


def short_name_of(day: date, unit: Unit) -> str:
    """'23 nov', 'nov', 'jan ’27', '2026': below the chart."""
    if unit is Unit.WEEK:
        return f"{day.day} {short_month(day)}"
    if unit is Unit.YEAR:
        return str(day.year)
    return f"{short_month(day)} ’{day.year % 100:02d}"


def _left_out(lead: str, reasons: Mapping[RecipientStatus, int]) -> str:
    parts = [
        EXCLUSION_LABELS[reason][count != 1].format(dutch_number(count)) for reason, count in reasons.items() if count
    ]
    return f"{lead}: {subscribers(sum(reasons.values()))}. {capital(', '.join(parts))}." if parts else ""


def _minutes(count: int) -> str:
    return f"{count} {'minuut' if count == 1 else 'minuten'}" if count else ""


def _both(first: str, second: str) -> str:
    return f"{first} en {second}" if second else first
