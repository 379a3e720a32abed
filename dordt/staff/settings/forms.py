"""What the administrator settles."""

from datetime import date, timedelta

from wtforms import DateField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.shared.forms import DordtForm, at_most, required

AHEAD = timedelta(days=3 * 365)
ON, OFF = "aan", "uit"
CHOICES = [
    SelectChoice(ON, "Een tweede persoon keurt elke nieuwsbrief goed (aanbevolen)"),
    SelectChoice(OFF, "Wie een nieuwsbrief schreef, mag hem ook zelf goedkeuren"),
]


class PolicyForm(DordtForm):
    """Whether a newsletter needs a second person."""

    second_person = RadioField(
        "Wie keurt een nieuwsbrief goed?", choices=CHOICES, validators=[required("Kies wie een nieuwsbrief goedkeurt.")]
    )

    def __init__(self, *, is_on: bool) -> None:
        super().__init__(data={"second_person": ON if is_on else OFF})

    @property
    def wants_second_person(self) -> bool:
        return bool(self.second_person.data == ON)


class ClosedDayForm(DordtForm):
    """A day on which the gemeente does not work."""

    day = DateField("Welke dag?", validators=[required("Kies een dag.")])
    name = StringField("Waarom?", validators=[required("Schrijf waarom wij die dag dicht zijn."), at_most(200)])

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def validate_day(self, field: DateField) -> None:
        """A day that can still count in a term."""
        if field.data and not self.today <= field.data <= self.today + AHEAD:
            raise ValidationError("Kies een dag die nog komt, hoogstens drie jaar vooruit.")
