"""Choosing which lines of the log to see."""

from wtforms import Form, SelectField

from dordt.staff.log.words import ACTIONS, SUBJECTS

Choices = list[tuple[str, str]]


class FilterReadingsForm(Form):
    """What was read; the names of the fields stand in the address of the page."""

    onderdeel = SelectField("Waarover", choices=[("", "Alles"), *SUBJECTS.items()], default="")
    medewerker = SelectField("Wie", default="")


class FilterLogForm(FilterReadingsForm):
    """What was changed."""

    handeling = SelectField("Wat", choices=[("", "Alles"), *ACTIONS.items()], default="")
