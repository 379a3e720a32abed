"""How a template is called."""

from wtforms import StringField

from dordt.shared.forms import DordtForm, at_most, required


class TemplateForm(DordtForm):
    """A name that colleagues understand."""

    name = StringField(
        "Naam van het sjabloon",
        validators=[required("Geef het sjabloon een naam, bijvoorbeeld: Extra brief."), at_most(200)],
    )

    def refuse_name(self) -> None:
        """Say that another template has it."""
        self.name.errors = ["Een ander sjabloon heet al zo. Kies een andere naam."]
