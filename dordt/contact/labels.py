"""How statuses, outcomes and steps are called on screen and in mails."""

from dordt.contact.models import Message, MessageStatus, Outcome

Status = MessageStatus

STATUS_LABELS: dict[MessageStatus, str] = {
    Status.NEW: "Nieuw",
    Status.IN_PROGRESS: "In behandeling",
    Status.WAITING_FOR_RESIDENT: "Wacht op bewoner",
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
    Status.NEW: "Wij hebben uw bericht gekregen. Een medewerker leest het.",
    Status.IN_PROGRESS: "Wij zijn met uw bericht bezig.",
    Status.WAITING_FOR_RESIDENT: "Wij hebben een vraag aan u. U kunt hieronder antwoorden.",
    Status.WAITING_FOR_TEAM: "Een ander team van de gemeente kijkt mee. U hoort van ons wat zij zeggen.",
    Status.ANSWERED: "Wij hebben uw bericht beantwoord.",
    Status.DECLINED: "Ons antwoord op uw bericht: dit kunnen wij niet doen. Hieronder leest u waarom.",
    Status.UNWANTED: "Wij behandelen dit bericht niet.",
}


def label_of(message: Message) -> str:
    """What is called answered was answered."""
    return "Gesloten zonder antwoord" if message.is_closed_unanswered else STATUS_LABELS[message.status]


def sentence_of(message: Message) -> str:
    """The status of a message, for the resident."""
    if message.is_closed_unanswered:
        return "Wij hebben uw bericht gelezen en gesloten. Volgens ons was er geen antwoord nodig."
    return STATUS_SENTENCES[message.status]
