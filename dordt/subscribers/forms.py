"""What somebody tells us who wants the newsletter."""

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from dordt.places.services import Choices
from dordt.shared.forms import DordtForm, address_field, required
from dordt.subscribers.services import SubscriptionWish

# These words are kept with every consent; new words become a new version by themselves.
CONSENT_TEXT = "Ja, stuur mij elke maand de nieuwsbrief van Dordt aan Zet. Ik kan mij altijd afmelden."


class SubscribeForm(DordtForm):
    """Subscribe to the newsletter."""

    email = address_field()
    neighbourhoods = SelectMultipleField(
        "Over welke wijken wilt u lezen? (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget()
    )
    topics = SelectMultipleField(
        "Welke thema’s wilt u volgen? (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget()
    )
    consent = BooleanField(CONSENT_TEXT, validators=[required("Vink aan dat u de nieuwsbrief wilt ontvangen.")])

    def __init__(self, *, neighbourhoods: Choices, topics: Choices) -> None:
        super().__init__()
        self.neighbourhoods.choices = neighbourhoods
        self.topics.choices = topics

    def tick(self, *, neighbourhoods: list[str], topics: list[str]) -> None:
        """What a link of ours ticks beforehand in a form that nobody filled in yet; consent never is."""
        if not self.is_submitted():
            self.neighbourhoods.data, self.topics.data = neighbourhoods, topics

    def wish(self) -> SubscriptionWish:
        """What the service needs."""
        return SubscriptionWish(
            email=self.email.data or "",
            neighbourhoods=self.neighbourhoods.data or [],
            topics=self.topics.data or [],
            consent_text=CONSENT_TEXT,
        )
