"""The form in which an article is written, with its fields for moments and files."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateTimeLocalField, Form, HiddenField, StringField, TextAreaField, ValidationError

from dordt.media.decoding import MediaRefused
from dordt.media.services import check_document, check_image
from dordt.news.models import Article, is_well_formed, slug_from
from dordt.places.services import Choices
from dordt.shared.clock import AMSTERDAM
from dordt.shared.forms import CheckboxesField, DraftForm, SeenField, at_most, required
from dordt.shared.local_time import Moment, moment_of
from dordt.shared.requests import whole_number
from dordt.shared.typed_text import plain_dashes

YEARS = range(1990, 2100)
BODY_LIMIT = 100_000
UNCHECKED: dict[str, Any] = {"validate_choice": False, "choices": []}  # who looks it up leaves out what is unknown


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


class EditArticleForm(DraftForm):
    """An article. Files are kept when they arrive, and stand in the form by their key from then on."""

    NOT_DRAFTED = DraftForm.NOT_DRAFTED | {"image_remove"}

    title = StringField("Titel", validators=[required("Schrijf een titel boven het nieuwsbericht."), at_most(200)])
    slug = StringField("Laatste deel van het adres (niet verplicht)", filters=[plain_dashes], validators=[at_most(120)])
    intro = TextAreaField(
        "Inleiding",
        validators=[required("Schrijf in één of twee zinnen waar het nieuwsbericht over gaat."), at_most(1000)],
    )
    body = TextAreaField("Tekst", validators=[required("Schrijf de tekst van het nieuwsbericht."), at_most(BODY_LIMIT)])
    neighbourhoods = CheckboxesField("Over welke wijken gaat het? (niet verplicht)", **UNCHECKED)
    topics = CheckboxesField("Bij welke thema’s hoort het? (niet verplicht)", **UNCHECKED)
    image = UploadField("Afbeelding (niet verplicht)", check=check_image)
    image_key = HiddenField()
    image_alt = StringField("Wat is er op de afbeelding te zien?", validators=[at_most(500)])
    image_decorative = BooleanField("De afbeelding is alleen versiering")
    image_caption = StringField("Onderschrift (niet verplicht)", validators=[at_most(500)])
    image_remove = BooleanField("Deze afbeelding weghalen")
    attachments = CheckboxesField("Bijlagen bij dit nieuwsbericht", **UNCHECKED)
    attachment = UploadField("Bijlage toevoegen: pdf (niet verplicht)", check=check_document)
    attachment_title = StringField("Titel van de nieuwe bijlage", validators=[at_most(200)])
    published_at = MomentField("Vanaf wanneer te lezen? (niet verplicht)")
    edit_version = SeenField()
    began = HiddenField(render_kw={"autocomplete": "off"})  # a digest of what stood in the form when it was opened

    def __init__(
        self, article: Article | None, *, neighbourhoods: Choices, topics: Choices, reserved: set[str], **options: Any
    ) -> None:
        """`article` is what is stored; its address can change only as long as nobody can know it.

        options: `formdata=None` shows that, whatever was posted.
        """
        super().__init__(data=_stored(article) if article else None, **options)
        self.neighbourhoods.choices = neighbourhoods
        self.topics.choices = topics
        self.reserved = reserved
        if article and article.has_address:
            del self.slug
        if self.began.raw_data is None:  # nothing was typed: this is how it begins
            self.began.data = self._digest()

    @property
    def is_touched(self) -> bool:
        """Whether anything is different from how the form was when it was opened."""
        return self.began.data != self._digest()

    def _digest(self) -> str:
        names = [name for name in self._fields if self.drafts(name) and name not in {"edit_version", "began"}]
        return sha256(repr([(name, _plain(self._fields[name].data)) for name in names]).encode()).hexdigest()

    def validate_image_alt(self, field: StringField) -> None:
        """A picture says what it shows, or that it is decoration."""
        has_image = (self.image.data or self.image_key.data) and not self.image_remove.data
        if has_image and not field.data and not self.image_decorative.data:
            raise ValidationError("Schrijf wat er op de afbeelding te zien is. Of geef aan dat zij versiering is.")

    def validate_attachment_title(self, field: StringField) -> None:
        """A document has a name that people understand."""
        if self.attachment.data and not field.data:
            raise ValidationError("Geef de bijlage een titel.")

    def validate_slug(self, field: StringField) -> None:
        """Without one, the title gives it; no address of the site itself may be taken."""
        field.data = field.data or slug_from(self.title.data or "")
        if self.title.data and not is_well_formed(field.data):
            raise ValidationError("Gebruik kleine letters, cijfers en streepjes, bijvoorbeeld nieuw-park.")
        if field.data in self.reserved:
            raise ValidationError("Dit woord gebruikt de site zelf al in een adres. Kies een ander.")

    @property
    def opened_version(self) -> int:
        """The version that the editor began with."""
        return whole_number(self.edit_version.data) or 0


def _stored(article: Article) -> dict[str, Any]:
    return {
        **{name: getattr(article, name) for name in ("title", "slug", "intro", "body", "image_alt", "image_caption")},
        "neighbourhoods": [wijk.slug for wijk in article.neighbourhoods],
        "topics": [topic.slug for topic in article.topics],
        "image_key": article.image.key if article.image else "",
        "image_decorative": bool(article.image and not article.image_alt),
        "attachments": [kept_attachment(file.media.key, file.title) for file in article.attachments],
        "published_at": article.published_at,
        "edit_version": str(article.edit_version),
    }


def _plain(value: Any) -> Any:
    """A value, alike whether it was stored or typed."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return (sorted(value) if isinstance(value, list) else value) or ""


def kept_attachment(key: str, title: str) -> str:
    """How a document that is kept already stands in the form."""
    return f"{key}:{title}"
