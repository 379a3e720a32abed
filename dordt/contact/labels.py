"""How statuses, outcomes and steps are called on screen and in mails."""

from dordt.contact.models import MessageStatus, Outcome

Status = MessageStatus

STATUS_LABELS: dict[MessageStatus, str] = {
    Status.NEW: "Nieuw",
    Status.IN_PROGRESS: "In behandeling",
    Status.WAITING_FOR_RESIDENT: "Wacht op inwoner",
    Status.WAITING_FOR_TEAM: "Wacht op ander team",
    Status.ANSWERED: "Beantwoord",
    Status.DECLINED: "Niet verder",
    Status.UNWANTED: "Ongewenst",
}
OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.DONE: "Gedaan",
    Outcome.PLANNED: "Gepland",
    Outcome.NOT_DONE: "Niet gedaan",
    Outcome.REFERRED: "Doorverwezen",
    Outcome.NO_ANSWER_NEEDED: "Geen antwoord nodig",
}
# For the resident: what a status means, in a sentence.
STATUS_SENTENCES: dict[MessageStatus, str] = {
    Status.NEW: "Wij hebben uw bericht ontvangen. Een medewerker leest het.",
    Status.IN_PROGRESS: "Wij zijn met uw bericht bezig.",
    Status.WAITING_FOR_RESIDENT: "Wij hebben een vraag aan u. U kunt hieronder antwoorden.",
    Status.WAITING_FOR_TEAM: "Een ander team van de gemeente kijkt mee. U hoort van ons wat zij zeggen.",
    Status.ANSWERED: "Wij hebben uw bericht beantwoord.",
    Status.DECLINED: "Wij gaan niet verder met uw bericht. Hieronder leest u waarom.",
    Status.UNWANTED: "Wij behandelen dit bericht niet.",
}
