"""What staff fill in about subscribers: entering one, taking one off the list, and a list that they bring in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from wtforms import (
    DateField,
    EmailField,
    FileField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints
from wtforms.validators import StopValidation

from dordt.places.services import Choices
from dordt.shared.clock import AMSTERDAM
from dordt.shared.forms import CheckboxesField, DordtForm, at_most, email_address, required
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.forms import SubscriberFieldsForm
from dordt.subscribers.imports.rows import COLUMNS, EARLIEST, SOURCE_LIMIT
from dordt.subscribers.imports.services import ImportChoice
from dordt.subscribers.labels import LEAVE_REASONS
from dordt.subscribers.services.staff_entry import StaffEntry


class UnsubscribeForm(DordtForm):
    reason = RadioField(
        "Waarom meldt u deze abonnee af?",
        validators=[required("Kies waarom u deze abonnee afmeldt.")],
    )

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = list(LEAVE_REASONS.items())


NOT_IN_FILE = ""


def _day_unless_in_file(form: "ColumnsForm", field: DateField) -> None:
    """The day is obligatory for a file that does not say it in each row."""
    if field.data or any(field.raw_data or ()):
        return
    field.errors = []  # of a text that is no day: there is none
    if form.consent_at.data == NOT_IN_FILE:
        raise StopValidation("Vul de dag in waarop de mensen toestemming gaven.")
    raise StopValidation


class UploadForm(DordtForm):
    """A file to look at; nobody is added yet."""

    file = FileField("Uw lijst (CSV-bestand)")

    def validate_file(self, field: FileField) -> None:
        """A file must be chosen; what stands in it is looked at later."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError("Kies het bestand met uw lijst.")


class ColumnsForm(DordtForm):
    """Which column is what, and where consent comes from."""

    email = SelectField("E-mailadres")
    consent_at = SelectField("Datum van de toestemming")
    consent_source = SelectField("Bron van de toestemming")
    source = StringField("Waar komt deze toestemming vandaan?", validators=[at_most(SOURCE_LIMIT)])
    given_on = DateField("Wanneer is die toestemming gegeven?", validators=[_day_unless_in_file])

    def __init__(self, headings: Sequence[str], guess: Mapping[str, int], *, at: datetime) -> None:
        super().__init__(data={name: str(place) for name, place in guess.items()})
        self.at = at
        for name in COLUMNS:
            self[name].choices = [SelectChoice(NOT_IN_FILE, "Staat niet in het bestand"), *_choices(headings)]

    def validate_email(self, field: SelectField) -> None:
        """Without addresses there is nothing to import."""
        if field.data == NOT_IN_FILE:
            raise ValidationError("Kies in welke kolom het e-mailadres staat.")
        places = [self[name].data for name in COLUMNS if self[name].data != NOT_IN_FILE]
        if len(places) != len(set(places)):
            raise ValidationError("U koos een kolom twee keer. Kies elke kolom voor één soort gegeven.")

    def validate_source(self, field: StringField) -> None:
        """Obligatory for a file that does not say it in each row."""
        if not field.data and self.consent_source.data == NOT_IN_FILE:
            raise ValidationError("Schrijf waar de mensen toestemming gaven, bijvoorbeeld: inschrijflijst wijkfeest.")

    def validate_given_on(self, field: DateField) -> None:
        check_given_on(field.data, at=self.at)

    def choice(self) -> ImportChoice:
        columns = {name: int(self[name].data) for name in COLUMNS if self[name].data != NOT_IN_FILE}
        return ImportChoice(columns, self.source.data or "", moment_of(self.given_on.data))


for field in FIELDS:
    setattr(ColumnsForm, field.name, SelectField(field.label))


def check_given_on(day: date | None, *, at: datetime) -> None:
    """A day on which consent can have been given."""
    if day and day > at.astimezone(AMSTERDAM).date():
        raise ValidationError("Deze dag moet nog komen. Vul een dag in die geweest is.")
    if day and day < EARLIEST:
        raise ValidationError("Deze dag ligt te ver terug. Kijk het jaartal na.")


def moment_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), AMSTERDAM) if day else None


def _choices(headings: Sequence[str]) -> Iterator[SelectChoice]:
    for place, heading in enumerate(headings):
        yield SelectChoice(str(place), f"Kolom {place + 1}: {heading.strip()[:60] or 'zonder naam'}")


class EnterForm(SubscriberFieldsForm):
    """Whom, about what, and where and when consent was given."""

    email = EmailField(
        "E-mailadres van de abonnee",
        validators=[required("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."), at_most(254), email_address()],
        render_kw={"autocomplete": "off"},
    )
    neighbourhoods = CheckboxesField("Wijken (niet verplicht)")
    topics = CheckboxesField("Thema’s (niet verplicht)")
    source = StringField(
        "Waar gaf deze abonnee toestemming?",
        validators=[
            required("Schrijf waar de toestemming vandaan komt, bijvoorbeeld: balie Stadskantoor."),
            at_most(SOURCE_LIMIT),
        ],
        render_kw={"autocomplete": "off"},
    )
    given_on = DateField(
        "Wanneer was dat?",
        validators=[required("Vul de dag in waarop de abonnee toestemming gaf.")],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, choices: Mapping[str, Choices], *, at: datetime) -> None:
        super().__init__()
        self.at = at
        self.offer(choices)

    def validate_given_on(self, field: DateField) -> None:
        check_given_on(field.data, at=self.at)

    def entry(self) -> StaffEntry:
        return StaffEntry(
            email=self.email.data or "",
            fields=self.fields(),
            source=self.source.data or "",
            given_at=moment_of(self.given_on.data) or self.at,
        )
