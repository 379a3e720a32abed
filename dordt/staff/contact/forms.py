"""What staff choose in the inbox and fill in under a message."""

from collections.abc import Iterable
from typing import Any

from wtforms import Form, SelectField, SubmitField, TextAreaField, ValidationError

from dordt.contact.labels import OUTCOME_LABELS, STATUS_LABELS
from dordt.contact.models import MessageStatus, Outcome
from dordt.places.services import Choices
from dordt.shared.forms import DordtForm, DraftForm, SeenForm, at_most, required

OUTCOMES: Choices = [("", "Kies een uitkomst"), *((outcome.value, OUTCOME_LABELS[outcome]) for outcome in Outcome)]
STATUSES: Choices = [
    ("open", "Alles wat open is"),
    *((status.value, label) for status, label in STATUS_LABELS.items()),
    ("gesloten", "Alles wat gesloten is"),
    ("alles", "Alles behalve ongewenst"),
]
ORDERS: Choices = [("", "Nieuwste eerst"), ("oud", "Oudste eerst"), ("termijn", "Kortste termijn eerst")]
DEADLINES: Choices = [("", "Alles"), ("te-laat", "Te laat")]
REPLIES: Choices = [("", "Alles"), ("nieuw", "Nieuw voor u")]
ASSIGNEES: Choices = [("", "Iedereen"), ("mij", "Mij"), ("niemand", "Niemand")]
NOBODY = "0"


class InboxFilterForm(Form):
    """What the address of the inbox says; a value that we do not know counts as not given."""

    status = SelectField("Status", default="open")
    neighbourhood = SelectField("Wijk", default="", name="wijk")
    topic = SelectField("Thema", default="", name="thema")
    assignee = SelectField("Toegewezen aan", default="", name="wie")
    deadline = SelectField("Termijn", default="", name="termijn")
    reply = SelectField("Reactie van bewoner", default="", name="reactie")
    order = SelectField("Volgorde", default="", name="volgorde")

    def __init__(self, given: Any, neighbourhoods: Choices, topics: Choices) -> None:
        super().__init__(given)
        self.places = dict(neighbourhoods)
        self._offer(self.status, STATUSES)
        self._offer(self.neighbourhood, [("", "Alle wijken"), *neighbourhoods])
        self._offer(self.topic, [("", "Alle thema’s"), *topics])
        self._offer(self.assignee, ASSIGNEES)
        self._offer(self.deadline, DEADLINES)
        self._offer(self.reply, REPLIES)
        self._offer(self.order, ORDERS)

    def _offer(self, field: SelectField, choices: Choices) -> None:
        field.choices = list(choices)
        if field.data not in dict(choices):
            field.data = field.default

    @property
    def chosen(self) -> dict[str, Any]:
        """What differs from the usual, for the address of another page."""
        return {field.name: field.data for field in self if field.data != field.default}


class AddNoteForm(DraftForm):
    note = TextAreaField("Notitie", validators=[required("Schrijf een notitie."), at_most(10_000)])


class AnswerMessageForm(DraftForm, SeenForm):
    """Answer the resident, which closes the message."""

    answer = TextAreaField("Uw antwoord", validators=[at_most(10_000)])
    answer_outcome = SelectField("Uitkomst", validators=[required("Kies wat de uitkomst is.")])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.answer_outcome.choices = list(OUTCOMES)

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        return Outcome(self.answer_outcome.data)


class ChangeStatusForm(DraftForm, SeenForm):
    """Take another step than answering."""

    step = SelectField("Nieuwe status", validators=[required("Kies een status.")], validate_choice=False)
    text = TextAreaField("Toelichting", validators=[at_most(10_000)])
    outcome = SelectField("Uitkomst (alleen bij ‘Niet verder’)", default="")

    def __init__(self, steps: Iterable[MessageStatus], **options: Any) -> None:
        super().__init__(**options)
        offered = list(steps)
        self.asks_outcome = MessageStatus.DECLINED in offered
        self.step.choices = [("", "Kies een status"), *((step.value, STATUS_LABELS[step]) for step in offered)]
        self.outcome.choices = list(OUTCOMES)

    def validate_step(self, field: SelectField) -> None:
        """Any step that a page ever offered: the rules say whether it can still be taken, and why not."""
        if field.data not in set(MessageStatus) - {MessageStatus.ANSWERED}:
            raise ValidationError("Kies een mogelijkheid uit de lijst.")

    @property
    def chosen_outcome(self) -> Outcome | None:
        """What came of it, where that was asked."""
        return Outcome(self.outcome.data) if self.outcome.data else None


class AssignMessageForm(DordtForm):
    assignee = SelectField("Wie behandelt dit bericht?", validators=[required("Kies wie dit bericht behandelt.")])
    to_me = SubmitField("Ik pak dit op")

    def __init__(self, members: Choices, current: int | None) -> None:
        super().__init__(data={"assignee": str(current or NOBODY)})
        self.assignee.choices = [(NOBODY, "Niemand"), *members]

    def chosen(self, me: int) -> int | None:
        """The id of who was chosen; the button beside the list means oneself, whoever stands in it."""
        if self.to_me.data:
            return me
        return None if self.assignee.data == NOBODY else int(self.assignee.data)
