"""What staff fill in about addresses that get no mail."""

from wtforms import RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.mailer.labels import SCOPE_LABELS
from dordt.mailer.models import SuppressionScope
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import typed_text
from dordt.shared.addresses import AddressRefused
from dordt.shared.forms import DordtForm, at_most, required


class AddSuppressionForm(DordtForm):
    """Let no more mail go to an address, or to a whole domain."""

    address = StringField(
        "E-mailadres of domein",
        filters=[typed_text.email],
        validators=[required("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."), at_most(254)],
        render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"},
    )
    scope = RadioField(
        "Welke e-mail houdt u tegen?",
        choices=[SelectChoice(scope.value, words) for scope, words in SCOPE_LABELS.items()],
        validators=[required("Kies welke e-mail u tegenhoudt.")],
        validate_choice=False,
    )
    reason = StringField(
        "Waarom?",
        validators=[required("Schrijf waarom u dit adres blokkeert."), at_most(suppression_list.LONGEST_REASON)],
        render_kw={"autocomplete": "off"},
    )

    def values(self) -> tuple[str, SuppressionScope, str]:
        """The address or domain as typed, which mail, and why."""
        return self.address.data or "", SuppressionScope(self.scope.data), self.reason.data or ""

    def validate_address(self, field: StringField) -> None:
        """An address, or a domain with an @ in front."""
        try:
            suppression_list.key_of(field.data or "")
        except AddressRefused as wrong:
            raise ValidationError(
                "Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl. "
                "Of een heel domein met een @ ervoor, bijvoorbeeld @voorbeeld.nl."
            ) from wrong

    def validate_scope(self, field: RadioField) -> None:
        """One of the choices."""
        if field.data not in list(SuppressionScope):
            raise ValidationError("Kies een mogelijkheid uit de lijst.")
