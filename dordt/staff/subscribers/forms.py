"""What staff fill in about a subscriber."""

from wtforms import RadioField

from dordt.shared.forms import DordtForm, required
from dordt.subscribers.labels import LEAVE_REASONS


class UnsubscribeForm(DordtForm):
    """Take somebody off the list who asked for it."""

    reason = RadioField(
        "Waarom meldt u deze abonnee af?",
        validators=[required("Kies waarom u deze abonnee afmeldt.")],
    )

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = list(LEAVE_REASONS.items())
