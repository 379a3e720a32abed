"""What the administrator settles."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.shared.forms import DordtForm, required

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
