"""The filter above the list of news."""

from wtforms import Form, SelectField

from dordt.places.services import Choices


class FilterForm(Form):
    """Read from the address, so without token and cookie; whatever else stands there is left out."""

    wijk = SelectField("Wijk", validate_choice=False)
    thema = SelectField("Thema", validate_choice=False)

    def __init__(self, arguments: dict[str, str], *, neighbourhoods: Choices, topics: Choices) -> None:
        """`arguments` are those of the address."""
        super().__init__(data={name: arguments.get(name, "") for name in ("wijk", "thema")})
        self.wijk.choices = [("", "Alle wijken"), *neighbourhoods]
        self.thema.choices = [("", "Alle thema’s"), *topics]

    @property
    def chosen(self) -> dict[str, str]:
        """What narrows the list, as it stands in the address."""
        return {name: value for name, value in self.data.items() if value}
