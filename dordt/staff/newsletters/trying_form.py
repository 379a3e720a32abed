"""To whom a test mail goes."""

import re

from wtforms import TextAreaField, ValidationError

from dordt.newsletters.content.services.test_mail import MOST_ADDRESSES
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.forms import DordtForm, at_most, required

PARTED = re.compile(r"[\s,;]+")


class TryingForm(DordtForm):
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
        typed = [each for each in PARTED.split(self.addresses.data or "") if each]
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
