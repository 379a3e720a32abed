"""What residents tell us, and what they add later."""

import re
import secrets
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from dordt.contact import files
from dordt.contact.services import KEEP_INFORMED_TEXT, MessageSubmission
from dordt.places.services import Choices
from dordt.shared.forms import DordtForm, address_field, at_most, home_field, name_field, phone_field, required

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,application/pdf"
CHOOSE_AGAIN = "Kies uw bestanden opnieuw. Uw browser bewaart ze niet als er nog iets niet goed is ingevuld."


class WriteMessageForm(DordtForm):
    """Send a message to the team of the wijk. `submission_key` names this showing of the form: `MessageSubmission`."""

    submission_key = HiddenField()
    name = name_field()
    email = address_field()
    phone = phone_field()
    neighbourhood = home_field()
    topic = SelectField("Waar gaat uw bericht over?", validators=[required("Kies waar uw bericht over gaat.")])
    location = StringField("Waar is het? (niet verplicht)", validators=[at_most(200)])
    message = TextAreaField(
        "Uw bericht",
        validators=[required("Schrijf wat u wilt vragen of vertellen."), at_most(10_000)],
    )
    files = MultipleFileField("Foto’s of een pdf (niet verplicht)", render_kw={"accept": ACCEPTED})
    keep_informed = BooleanField(f"{KEEP_INFORMED_TEXT} (niet verplicht)")

    def __init__(self, neighbourhoods: Choices, topics: Choices) -> None:
        super().__init__()
        self.neighbourhood.choices = [("", "Kies uw wijk"), *neighbourhoods]
        self.topic.choices = [("", "Kies een thema"), *topics]
        self.uploads: list[files.Upload] = []
        if not KEY.fullmatch(self.submission_key.data or ""):
            self.submission_key.data = secrets.token_urlsafe(24)

    def validate(self, extra_validators: Any = None) -> bool:
        """Files come last, when all else is right: re-encoding a picture takes time."""
        is_valid = super().validate(extra_validators=extra_validators)
        problem = self._look_at_files() if is_valid else self.files.data and CHOOSE_AGAIN
        if problem:
            self.files.errors = [problem]
        return is_valid and not problem

    def submission(self) -> MessageSubmission:
        return MessageSubmission(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            neighbourhood=self.neighbourhood.data,
            topic=self.topic.data,
            location=self.location.data or "",
            body=self.message.data or "",
            keep_informed=self.keep_informed.data,
            uploads=tuple(self.uploads),
            form_key=self.submission_key.data or "",
        )

    def _look_at_files(self) -> str | None:
        offered = self.files.data or []
        if len(offered) > files.MOST_FILES:
            return f"Kies hoogstens {files.MOST_FILES} bestanden. U koos er {len(offered)}."
        try:
            self.uploads = [files.examine(file.filename or "", file.stream) for file in offered]
        except files.UploadRefused as refused:
            return f"{refused} Kies daarna al uw bestanden opnieuw."
        return None


class AddToMessageForm(DordtForm):
    """Add something to a message, on the page that only its writer has the link of: that link is the authority."""

    class Meta(DordtForm.Meta):
        """No CSRF token, so no cookie."""

        csrf = False

    text = TextAreaField(
        "Wat wilt u toevoegen?",
        validators=[required("Schrijf wat u wilt toevoegen."), at_most(10_000)],
    )
