"""A subscriber whom staff enter by hand."""

from datetime import datetime

from wtforms import DateField, EmailField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from dordt.places.services import Choices
from dordt.shared.forms import DordtForm, at_most, email_address, required
from dordt.staff.subscribers.import_forms import check_given_on, moment_of
from dordt.subscribers.imports.rows import SOURCE_LIMIT
from dordt.subscribers.services.staff_entry import Entry


class EnterForm(DordtForm):
    """Whom, about what, and where and when consent was given."""

    email = EmailField(
        "E-mailadres van de abonnee",
        validators=[required("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."), at_most(254), email_address()],
        render_kw={"autocomplete": "off"},
    )
    neighbourhoods = SelectMultipleField("Wijken (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget())
    topics = SelectMultipleField("Thema’s (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget())
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

    def __init__(self, *, neighbourhoods: Choices, topics: Choices, at: datetime) -> None:
        super().__init__()
        self.at = at
        self.neighbourhoods.choices = neighbourhoods
        self.topics.choices = topics

    def validate_given_on(self, field: DateField) -> None:
        """Consent is never given in the future."""
        check_given_on(field.data, at=self.at)

    def entry(self) -> Entry:
        """What the service needs."""
        return Entry(
            email=self.email.data or "",
            neighbourhoods=self.neighbourhoods.data or [],
            topics=self.topics.data or [],
            source=self.source.data or "",
            given_at=moment_of(self.given_on.data) or self.at,
        )
