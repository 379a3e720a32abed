"""What somebody tells us who wants the newsletter, or wants it otherwise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wtforms import BooleanField, Field, Form, RadioField, TextAreaField, ValidationError

from dordt.places.services import Choices
from dordt.shared.addresses import address_key
from dordt.shared.formats import dutch_date
from dordt.shared.forms import CheckboxesField, DordtForm, address_field, at_most, required
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.labels import REASON_LABELS
from dordt.subscribers.models import UnsubscribeReason
from dordt.subscribers.services import SubscriptionRequest

# These words are kept with every consent; new words become a new version by themselves.
CONSENT_TEXT = "Ja, stuur mij elke maand de nieuwsbrief van Dordt aan Zet. Ik kan mij altijd afmelden."
NEW_ADDRESS_TEXT = "Ja, stuur de nieuwsbrief van Dordt aan Zet voortaan naar dit adres. Ik kan mij altijd afmelden."


class SubscriberFieldsForm(DordtForm):
    """The base of each form that asks for `fields.FIELDS`; it has a form field for each of them, by its name."""

    def offer(self, choices: Mapping[str, Choices]) -> None:
        """Set what there is to choose from, by the name of the field."""
        for name, offered in choices.items():
            self[name].choices = offered

    def fields(self) -> SubscriberFields:
        return SubscriberFields(
            **{name: self[name].data or nothing for name, nothing in SubscriberFields._field_defaults.items()}
        )


class SubscribeForm(SubscriberFieldsForm):
    email = address_field()
    neighbourhoods = CheckboxesField("Over welke wijken wilt u lezen? (niet verplicht)")
    topics = CheckboxesField("Welke thema’s wilt u volgen? (niet verplicht)")
    consent = BooleanField(CONSENT_TEXT, validators=[required("Vink aan dat u de nieuwsbrief wilt krijgen.")])

    def tick(self, *, neighbourhoods: list[str], topics: list[str]) -> None:
        """What a link of ours ticks beforehand in a form that nobody filled in yet; consent never is."""
        if not self.is_submitted():
            self.neighbourhoods.data, self.topics.data = neighbourhoods, topics

    def subscription_request(self) -> SubscriptionRequest:
        return SubscriptionRequest(
            email=self.email.data or "",
            fields=self.fields(),
            consent_text=CONSENT_TEXT,
        )


class LinkForm(DordtForm):
    """A form behind a link from a mail: that link is its authority. Of several on a page only one is posted."""

    class Meta(DordtForm.Meta):
        """No CSRF token, so no cookie."""

        csrf = False
        is_posted = True

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """What was posted is for one form; the others show what is stored."""
            return super().wrap_formdata(form, formdata) if self.is_posted else None


class ChoicesForm(SubscriberFieldsForm, LinkForm):
    neighbourhoods = CheckboxesField("Over welke wijken wilt u lezen?")
    topics = CheckboxesField("Welke thema’s wilt u volgen?")


class PauseForm(LinkForm):
    months = RadioField("Hoelang wilt u pauze?", coerce=int, validate_choice=False)

    def __init__(self, ends: Mapping[int, datetime], *, is_posted: bool) -> None:
        super().__init__(meta={"is_posted": is_posted})
        self.ends = ends
        self.months.choices = [
            (count, f"{count} {'maand' if count == 1 else 'maanden'}, tot {dutch_date(end)}")
            for count, end in ends.items()
        ]

    def validate_months(self, field: Field) -> None:
        if field.data not in self.ends:
            field.errors = []
            raise ValidationError("Kies hoelang u pauze wilt.")


class NewAddressForm(LinkForm):
    email = address_field()

    def __init__(self, *, own_key: str, is_posted: bool) -> None:
        super().__init__(meta={"is_posted": is_posted})
        self.own_key = own_key
        self.email.label.text = "Uw nieuwe e-mailadres"

    def validate_email(self, field: Field) -> None:
        """Another one than now; whether it is an address at all was said before."""
        if not field.errors and address_key(field.data) == self.own_key:
            raise ValidationError("Op dit adres krijgt u de nieuwsbrief al. Vul een ander e-mailadres in.")


class ReasonForm(LinkForm):
    reason = RadioField("Waarom meldde u zich af?", validators=[required("Kies een reden.")])
    remark = TextAreaField("Wilt u er iets bij zeggen? (niet verplicht)", validators=[at_most(500)])

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [(str(reason), label) for reason, label in REASON_LABELS.items()]

    def chosen(self) -> UnsubscribeReason:
        return UnsubscribeReason(self.reason.data)
