"""For whom a newsletter is, as an editor chooses it."""

from dataclasses import dataclass
from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from dordt.newsletters.models import Newsletter
from dordt.places.services import Choices
from dordt.shared.forms import DordtForm

NOT_CHOSEN = ""


@dataclass(frozen=True)
class Offered:
    """What can be chosen: wijken and topics by slug, earlier newsletters by number."""

    neighbourhoods: Choices
    topics: Choices
    earlier: Choices


class AudienceForm(DordtForm):
    """The part of a form that says for whom a newsletter is; the form that takes it in calls `offer` before reading."""

    neighbourhoods = SelectMultipleField(
        "Voor welke wijken? (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget()
    )
    topics = SelectMultipleField(
        "Over welke thema’s? (niet verplicht)", option_widget=CheckboxInput(), widget=ListWidget()
    )
    not_to = SelectField("Niet naar wie een eerdere nieuwsbrief al kreeg (niet verplicht)", default=NOT_CHOSEN)

    def offer(self, offered: Offered) -> None:
        """Set what can be chosen."""
        self.neighbourhoods.choices, self.topics.choices = offered.neighbourhoods, offered.topics
        self.not_to.choices = [(NOT_CHOSEN, "Sla niemand over"), *offered.earlier]

    def audience(self) -> dict[str, Any]:
        """What a NewsletterContent takes."""
        return {
            "neighbourhoods": list(self.neighbourhoods.data or []),
            "topics": list(self.topics.data or []),
            "not_to": int(self.not_to.data) if self.not_to.data else None,
        }


def audience_of(newsletter: Newsletter) -> dict[str, Any]:
    """What the fields show of a newsletter that was saved."""
    return {
        "neighbourhoods": [wijk.slug for wijk in newsletter.neighbourhoods],
        "topics": [topic.slug for topic in newsletter.topics],
        "not_to": str(newsletter.not_to.number) if newsletter.not_to else NOT_CHOSEN,
    }
