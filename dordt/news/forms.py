"""The filter above the list of news."""

from wtforms import Form, SelectField

from dordt.places.services import Choices


class FilterForm(Form):
    """Read from the address, so without token and cookie; whatever else stands there is left out."""

    neighbourhood = SelectField("Wijk", name="wijk", validate_choice=False)
    topic = SelectField("Thema", name="thema", validate_choice=False)

    def __init__(self, arguments: dict[str, str], *, neighbourhoods: Choices, topics: Choices) -> None:
        """`arguments` are those of the address."""
        super().__init__(data={"neighbourhood": arguments.get("wijk", ""), "topic": arguments.get("thema", "")})
        self.neighbourhood.choices = [("", "Alle wijken"), *neighbourhoods]
        self.topic.choices = [("", "Alle thema’s"), *topics]

    @property
    def chosen(self) -> dict[str, str]:
        """What narrows the list, as it stands in the address."""
        return {field.name: field.data for field in self if field.data}
