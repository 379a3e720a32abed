"""The fields of the editor that are its own: a moment in Amsterdam, boxes to tick, files that are kept on arrival."""

from datetime import UTC, datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, Form, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from dordt.media.refusals import MediaRefused
from dordt.shared.clock import AMSTERDAM

YEARS = range(1990, 2100)


class MomentField(DateTimeLocalField):
    """A day and a time as Amsterdam counts them; `moment` is the same in UTC."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Nothing, or a moment that can be stored."""
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if self.data is None or self.data.year not in YEARS:
            self.data = None
            raise ValueError("Kies een datum en een tijd, bijvoorbeeld 3 maart 2027 om 19.30 uur.")

    @property
    def moment(self) -> datetime | None:
        """What the service needs."""
        return self.data.replace(tzinfo=AMSTERDAM).astimezone(UTC) if self.data else None


class ChoicesField(SelectMultipleField):
    """Several boxes to tick; what is not in the list is left out later, by who looks it up."""

    widget = ListWidget()
    option_widget = CheckboxInput()

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **options)


class UploadField(FileField):
    """A file, read once; `check` raises MediaRefused."""

    content: bytes = b""

    def __init__(self, label: str, *, check: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self.check = check

    def pre_validate(self, form: Form) -> None:
        """Look at the file itself, not at its name."""
        if not self.data:
            return
        content = self.data.read()
        try:
            self.check(content)
        except MediaRefused as refused:
            raise ValidationError(refused.text) from refused
        self.content = content

    @property
    def filename(self) -> str:
        """The name that the file came with."""
        return self.data.filename or "" if self.data else ""
