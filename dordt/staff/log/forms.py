"""Choosing which lines of the log to see."""

from collections.abc import Mapping

from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.staff.log.labels import ACTIONS, SUBJECTS


def choices(everything: str, names: Mapping[str, str]) -> list[SelectChoice]:
    """Nothing chosen, which means everything, and then each by name."""
    return [SelectChoice("", everything), *(SelectChoice(value, name) for value, name in names.items())]


class FilterReadingsForm(Form):
    """What was read; the names of the fields stand in the address of the page."""

    onderdeel = SelectField("Waarover", choices=choices("Alles", SUBJECTS), default="")
    medewerker = SelectField("Wie", default="")


class FilterLogForm(FilterReadingsForm):
    handeling = SelectField("Wat", choices=choices("Alles", ACTIONS), default="")
