"""What staff choose in the inbox and fill in under a message."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Form, SelectField, StringField, TextAreaField

from dordt.contact.models import MessageStatus, Outcome
from dordt.contact.words import OUTCOME_LABELS, STATUS_LABELS
from dordt.places.services import Choices
from dordt.shared.forms import DordtForm, at_most, required

OUTCOMES: Choices = [("", "Kies een uitkomst"), *((outcome.value, OUTCOME_LABELS[outcome]) for outcome in Outcome)]
STATUSES: Choices = [
    ("open", "Alles wat open is"),
    *((status.value, label) for status, label in STATUS_LABELS.items()),
    ("gesloten", "Alles wat gesloten is"),
    ("alles", "Alles behalve ongewenst"),
]
ORDERS: Choices = [("", "Nieuwste eerst"), ("oud", "Oudste eerst"), ("termijn", "Kortste termijn eerst")]
NOBODY = "0"


class InboxFilterForm(Form):
    """What the address of the inbox says; a value that we do not know counts as not given."""

    status = SelectField("Status", choices=STATUSES, default="open")
    wijk = SelectField("Wijk", default="")
    thema = SelectField("Thema", default="")
    wie = SelectField("Toegewezen aan", choices=[("", "Iedereen"), ("mij", "Mij"), ("niemand", "Niemand")], default="")
    volgorde = SelectField("Volgorde", choices=ORDERS, default="")

    def __init__(self, given: Any, neighbourhoods: Choices, topics: Choices) -> None:
        super().__init__(given)
        self.wijk.choices = [("", "Alle wijken"), *neighbourhoods]
        self.thema.choices = [("", "Alle thema's"), *topics]
        for field in self:
            if field.data not in dict(field.choices):
                field.data = field.default

    @property
    def chosen(self) -> Mapping[str, str]:
        """What differs from the usual, for the address of another page."""
        return {field.name: field.data for field in self if field.data != field.default}


class SearchMessagesForm(DordtForm):
    """Search; by POST, so that no name or address stands in an address or a log."""

    zoek = StringField("Zoek op naam, e-mailadres, nummer of tekst", validators=[at_most(200)])


class AddNoteForm(DordtForm):
    """Write something down for colleagues."""

    note = TextAreaField("Notitie", validators=[required("Schrijf een notitie."), at_most(10_000)])


class AnswerMessageForm(DordtForm):
    """Answer the resident, which closes the message."""

    answer = TextAreaField("Uw antwoord", validators=[at_most(10_000)])
    answer_outcome = SelectField("Uitkomst", choices=OUTCOMES, validators=[required("Kies wat de uitkomst is.")])

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        return Outcome(self.answer_outcome.data)


class ChangeStatusForm(DordtForm):
    """Take another step than answering."""

    step = SelectField("Nieuwe status", validators=[required("Kies een status.")])
    text = TextAreaField("Toelichting", validators=[at_most(10_000)])
    outcome = SelectField("Uitkomst (alleen bij Niet verder)", choices=OUTCOMES, default="")

    def __init__(self, steps: Iterable[MessageStatus]) -> None:
        super().__init__()
        self.step.choices = [("", "Kies een status"), *((step.value, STATUS_LABELS[step]) for step in steps)]

    @property
    def asks_outcome(self) -> bool:
        """Whether one of the steps closes the message."""
        return MessageStatus.DECLINED in dict(self.step.choices)

    @property
    def chosen_outcome(self) -> Outcome | None:
        """What came of it, where that was asked."""
        return Outcome(self.outcome.data) if self.outcome.data else None


class AssignMessageForm(DordtForm):
    """Give a message to somebody, or to nobody."""

    assignee = SelectField("Toegewezen aan", validators=[required("Kies wie dit bericht behandelt.")])

    def __init__(self, members: Choices, current: int | None) -> None:
        super().__init__(data={"assignee": str(current or NOBODY)})
        self.assignee.choices = [(NOBODY, "Niemand"), *members]

    @property
    def assignee_id(self) -> int | None:
        """The row id of who was chosen."""
        return None if self.assignee.data == NOBODY else int(self.assignee.data)
