"""The fields of the editor that are its own: a moment in Amsterdam, files that are kept on arrival."""

from datetime import datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, Form, ValidationError

from dordt.media.decoding import MediaRefused
from dordt.shared.clock import AMSTERDAM
from dordt.shared.local_time import Moment, moment_of

YEARS = range(1990, 2100)


class MomentField(DateTimeLocalField):
    """A day and a time as Amsterdam counts them; `moment` is the same in UTC."""

    _chosen: Moment | None = None
    _stored_at: datetime | None = None

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def process_data(self, value: datetime | None) -> None:
        """Show a stored moment, in UTC, as Amsterdam counts it."""
        self._stored_at = value
        self.data = value and value.astimezone(AMSTERDAM).replace(tzinfo=None)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Nothing, or a moment that can be stored. What still reads as the stored moment stays that moment: the field
        shows no seconds, and two moments as the same time in the night that the clock is set back."""
        shown = self.data and self.data.replace(second=0, microsecond=0)
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if self.data is None or self.data.year not in YEARS:
            self.data = None
            raise ValueError("Kies een datum en een tijd, bijvoorbeeld 3 maart 2027 om 19.30 uur.")
        is_untouched = self._stored_at is not None and self.data == shown
        self._chosen = Moment(self._stored_at) if is_untouched and self._stored_at else moment_of(self.data)

    @property
    def moment(self) -> datetime | None:
        return self._chosen.at if self._chosen else None

    @property
    def note(self) -> str:
        """What should be known of a time that comes twice in one night; else empty."""
        return self._chosen.note if self._chosen else ""


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
