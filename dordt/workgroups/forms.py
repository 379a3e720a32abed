"""What somebody tells us who wants to take part, and what staff decide."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, TextAreaField, ValidationError

from dordt.places.services import Choices
from dordt.shared.forms import (
    DordtForm,
    DraftForm,
    SeenForm,
    address_field,
    at_most,
    home_field,
    name_field,
    phone_field,
    required,
)
from dordt.workgroups.labels import DECISION_LABELS
from dordt.workgroups.models import MembershipState
from dordt.workgroups.services import MembershipApplication


class JoinWorkgroupForm(DordtForm):
    name = name_field()
    email = address_field()
    phone = phone_field()
    neighbourhood = home_field()
    motivation = TextAreaField("Wat wilt u ons vertellen? (niet verplicht)", validators=[at_most(2000)])
    show_name = BooleanField("Andere leden van de werkgroep mogen mijn naam zien")

    def __init__(self, neighbourhoods: Choices) -> None:
        super().__init__()
        self.neighbourhood.choices = [("", "Kies uw wijk"), *neighbourhoods]

    def application(self) -> MembershipApplication:
        return MembershipApplication(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            neighbourhood=self.neighbourhood.data,
            motivation=self.motivation.data or "",
            show_name=self.show_name.data,
        )


class DecideMembershipForm(DraftForm, SeenForm):
    """Approve, put on the waiting list, or decline; the text goes to the resident."""

    decision = RadioField("Wat is uw besluit?", validators=[required("Kies wat u besluit.")], validate_choice=False)
    text = TextAreaField("Bericht aan de bewoner", validators=[at_most(2000)])

    def offer(self, decisions: Iterable[MembershipState]) -> None:
        """What can be decided now."""
        self.decision.choices = [(state.value, DECISION_LABELS[state]) for state in decisions]

    def validate_decision(self, field: RadioField) -> None:
        """Any decision that a page ever offered: the rules say whether it can still be taken, and why not."""
        if field.data not in DECISION_LABELS:
            raise ValidationError("Kies een mogelijkheid uit de lijst.")

    def validate_text(self, field: TextAreaField) -> None:
        """Nobody is turned away without a reason."""
        if self.decision.data == MembershipState.DECLINED and not field.data:
            raise ValidationError("Schrijf waarom deze bewoner niet mee kan doen. Wij sturen uw tekst naar de bewoner.")
