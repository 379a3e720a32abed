"""When a newsletter starts, and to whom a test mail goes, as an editor fills it in."""

import re
from datetime import datetime, timedelta

from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.newsletters.content.services.test_mail import MOST_ADDRESSES
from dordt.newsletters.sending.plans import DEFAULT_WINDOW, Plan
from dordt.shared import typed_text
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.forms import DordtForm, SeenForm, at_most, required
from dordt.shared.local_time import Moment, MomentRefused, as_written, read_moment

SEPARATORS = re.compile(r"[\s,;]+")
OWN_TIME = "zelf"
WINDOWS = {str(hours): timedelta(hours=hours) for hours in (1, 2, 4, 8)}
DEFAULT_CHOICE = next(choice for choice, window in WINDOWS.items() if window == DEFAULT_WINDOW)
CHOICES = [SelectChoice(choice, f"{choice} uur later") for choice in WINDOWS]
CHOICES += [SelectChoice(OWN_TIME, "Een tijd die ik zelf kies")]


class PlanForm(SeenForm):
    """When a newsletter starts, and until when it may start by itself; times as Amsterdam counts them."""

    starts = StringField(
        "Begin met versturen op", filters=[typed_text.plain_dashes], validators=[required("Kies een dag en een tijd.")]
    )
    window = SelectField(
        "Begin niet later dan", choices=CHOICES, default=DEFAULT_CHOICE, validators=[required("Kies tot wanneer.")]
    )
    latest = StringField("Zelf gekozen tijd (alleen als u dat hierboven koos)", filters=[typed_text.plain_dashes])

    def __init__(self, plan: Plan | None, *, at: datetime) -> None:
        super().__init__(data=_planned(plan) if plan else None)
        self.at = at

    def validate_starts(self, field: StringField) -> None:
        """A moment that is still to come."""
        problem = Plan(_moment(field).at, _moment(field).at).start_problem(self.at)
        if problem:
            raise ValidationError(problem)

    def validate_latest(self, field: StringField) -> None:
        """Asked for only by who wants to choose it; measured from a start that can be."""
        if self.window.data != OWN_TIME:
            return
        if not field.data:
            raise ValidationError("Kies een dag en een tijd.")
        latest = _moment(field).at
        if self.starts.errors:
            return
        problem = Plan(_moment(self.starts).at, latest).latest_problem()
        if problem:
            raise ValidationError(problem)

    @property
    def notes(self) -> list[str]:
        """What should be known of a time that comes twice in one night."""
        fields = [self.starts, self.latest] if self.window.data == OWN_TIME else [self.starts]
        return [note for field in fields if (note := _moment(field).note)]

    def plan(self) -> Plan:
        """What the service needs."""
        starts_at = _moment(self.starts).at
        window = WINDOWS.get(self.window.data)
        return Plan(starts_at, starts_at + window if window else _moment(self.latest).at)


class TestMailForm(DordtForm):
    """A few addresses, on lines of their own or with commas between them; mine to begin with."""

    addresses = TextAreaField(
        "Naar welke adressen?",
        validators=[required("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."), at_most(2_000)],
    )

    def __init__(self, mine: str) -> None:
        super().__init__(data={"addresses": mine})

    @property
    def chosen(self) -> list[str]:
        """Each address once, as it was typed first."""
        typed = [address for each in SEPARATORS.split(self.addresses.data or "") if (address := typed_text.email(each))]
        return list({each.lower(): each for each in reversed(typed)}.values())[::-1]

    def validate_addresses(self, _field: TextAreaField) -> None:
        """No more than a few, each one an address."""
        if len(self.chosen) > MOST_ADDRESSES:
            raise ValidationError(f"Vul hoogstens {MOST_ADDRESSES} adressen in. Nu zijn het er {len(self.chosen)}.")
        for place, address in enumerate(self.chosen, 1):
            try:
                address_key(address)
            except AddressRefused as wrong:
                which = "Dit adres" if len(self.chosen) == 1 else f"Adres {place}"
                raise ValidationError(f"{which} klopt niet. Vul het in zoals naam@voorbeeld.nl.") from wrong


def _moment(field: StringField) -> Moment:
    try:
        return read_moment(field.data or "")
    except MomentRefused as refused:
        raise ValidationError(str(refused)) from refused


def _planned(plan: Plan) -> dict[str, str]:
    window = plan.latest_at - plan.starts_at
    chosen = next((choice for choice, each in WINDOWS.items() if each == window), OWN_TIME)
    latest = as_written(plan.latest_at) if chosen == OWN_TIME else ""
    return {"starts": as_written(plan.starts_at), "window": chosen, "latest": latest}
