"""The base of every form, and the validators that say what to do."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from flask import abort, current_app, g, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    EmailField,
    Field,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from dordt.shared import typed_text
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.problems import ChangedMeanwhile, NotAllowed

Validator = Callable[[Form, Field], Any]
ONE_LINE_FIELDS = (StringField, EmailField, TelField)
UNREADABLE = {"\x00", "\ufffd"}  # NUL breaks PostgreSQL; U+FFFD stands where bytes were no UTF-8
# How the text of a field is read, by the kind of field; the first that fits counts.
READERS: list[tuple[type[Field], Callable[[str], str]]] = [
    (PasswordField, str),
    (HiddenField, str.strip),
    (EmailField, typed_text.email),
    (TelField, typed_text.phone),
    (TextAreaField, typed_text.lines),
    (StringField, typed_text.one_line),
    (Field, str.strip),
]
TRAP_TEXT = (
    "Er was een verborgen veld ingevuld, misschien door uw browser of uw wachtwoordbeheerder. "
    "Wij maakten dat veld leeg. Wat u zelf invulde, staat er nog. Verstuur het opnieuw."
)
NO_COOKIE_TEXT = (
    "Uw browser bewaart geen cookies voor deze website. Daarom kunnen wij dit niet aannemen. Zet cookies aan. "
    "Wat u invulde, staat er nog. Verstuur het opnieuw."
)
CSRF_TEXT = "Deze pagina stond te lang open of is niet goed geladen. Wat u invulde, staat er nog. Verstuur het opnieuw."
SIGNED_IN_TEXT = "U bent weer ingelogd. Wat u schreef, staat er nog. Er is nog niets bewaard of verstuurd."


class _Dutch:
    """WTForms' own few messages, as ours: they say what to do."""

    MESSAGES: ClassVar[dict[str, str]] = {
        "Not a valid choice.": "Kies een mogelijkheid uit de lijst.",
        "Invalid Choice: could not coerce.": "Kies een mogelijkheid uit de lijst.",
        "Not a valid integer value.": "Vul een heel getal in.",
        "Not a valid date value.": "Vul een datum in, bijvoorbeeld 2027-03-09.",
        "Not a valid datetime value.": "Vul een datum en een tijd in, bijvoorbeeld 2027-03-09 19:30.",
    }

    def gettext(self, text: str) -> str:
        return self.MESSAGES.get(text, text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        if "valid choice" in one:
            return "Kies alleen mogelijkheden uit de lijst."
        return one if number == 1 else many


class CheckboxesField(SelectMultipleField):
    """A question with boxes of which any number may be ticked; the form sets the choices."""

    widget = ListWidget()
    option_widget = CheckboxInput()


class DordtForm(FlaskForm):
    """Reads form data only and all texts alike, refuses what cannot be stored, and carries the trap field `website`."""

    website = StringField("Website", render_kw={"autocomplete": "off", "tabindex": "-1"})
    is_overtaken = False  # refused because of something newer, which stands on the page now

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Form fields and files; never JSON, where a list or a number would pass for a field."""
            if isinstance(formdata, MultiDict):
                return formdata  # a draft
            if formdata is None or request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
                return None
            return CombinedMultiDict([_files_for(form), request.form]) if request.files else request.form

        def get_translations(self, _form: Form) -> _Dutch:
            """Dutch, also where a message is not ours."""
            return _Dutch()

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Every text is read as its kind of field is, before what the field itself asks."""
            read = next(read for kind, read in READERS if issubclass(unbound_field.field_class, kind))
            filters = [_of_text(each) for each in (read, *unbound_field.kwargs.get("filters", ()))]
            bound: Field = unbound_field.bind(form=form, filters=filters, **options)
            return bound

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does it, plus: the trap field must be empty and every text must be storable on every database."""
        is_valid = bool(super().validate(extra_validators=extra_validators)) & self._empty_trap()
        for field in self:
            message = _refusal(field)
            if isinstance(field.data, str):  # what is shown again must be a page that a browser can read
                field.data = field.data.replace("\x00", "")
            if message:
                field.errors = [message]
                is_valid = False
        return is_valid

    def _empty_trap(self) -> bool:
        """Whether the trap was empty. What a password manager puts there again and again must shut nobody out."""
        if self.website is None or not self.website.data:
            return True
        self.website.data = ""
        self.form_errors.append(TRAP_TEXT)
        return False

    def refuse(self, refused: NotAllowed) -> None:
        """Say why nothing was done; what was typed stays."""
        self.form_errors.append(str(refused))
        self.is_overtaken = isinstance(refused, ChangedMeanwhile)

    @property
    def has_expired(self) -> bool:
        """Whether the CSRF token was missing or wrong."""
        return bool(self.meta.csrf and self.csrf_token.errors)

    @property
    def status(self) -> int:
        """The answer that goes with the form as it is now: 200 fresh, 422 with errors, 400 with a wrong CSRF token."""
        if self.has_expired:
            return 400
        return 422 if self.errors else 200

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What the error summary lists: the id to link to ('' for the form itself) and what to do."""
        found = [("", why_expired())] if self.has_expired else []
        for field in self:
            if field.errors and field.name != self.meta.csrf_field_name:
                found.append((_first_control(field), _first_text(field.errors)))
        return found + [("", str(text)) for text in self.form_errors]


class SeenField(HiddenField):
    """Which version stood on the page with the form. A request that names none saw none: not the one that is stored."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else None


class SeenForm(DordtForm):
    """A form under something to which others add: `seen` names the last of it that stood on the page with the form."""

    seen = SeenField()

    def note_seen(self, last: object) -> None:
        """Name what the page shows now. A form that comes back for another reason keeps what was seen with it."""
        if self.is_overtaken or not self.is_submitted() or self.seen.data is None:
            self.seen.data = str(last)


class KeptDraft(Protocol):
    """What somebody left in a form; empty when it was thrown away, which can be undone for a while."""

    @property
    def typed(self) -> "MultiDict[str, str]": ...


class DraftForm(DordtForm):
    """A form with a long text, which the server keeps until it is sent (`staff/drafts`)."""

    NOT_DRAFTED: ClassVar[set[str]] = {"csrf_token", "website", "seen"}
    draft: KeptDraft | None = None

    def __init__(self, draft: KeptDraft | None = None, **options: Any) -> None:
        if draft is not None and draft.typed and not self.is_submitted():
            options["formdata"] = draft.typed
        super().__init__(**options)
        self.draft = draft

    def drafts(self, name: str) -> bool:
        """Whether the draft holds this field."""
        return name in self._fields and name not in self.NOT_DRAFTED and not isinstance(self._fields[name], FileField)

    def was_posted(self, posted: "MultiDict[str, str]") -> bool:
        """Whether the long texts came along."""
        return any(isinstance(field, TextAreaField) and field.name in posted for field in self)

    @property
    def is_touched(self) -> bool:
        """Whether anything was typed or chosen; the form was empty when the page was opened."""
        return any(field.data and self.drafts(field.name) for field in self)


def has_csrf() -> bool:
    """Whether the CSRF token that was posted is right."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def require_csrf() -> None:
    """Answer 400 unless the CSRF token that was posted is right; for one-button actions of staff."""
    if not has_csrf():
        abort(400)


def name_field() -> StringField:
    """The name of whoever fills the form in."""
    return StringField(
        "Uw naam", validators=[required("Vul uw naam in."), at_most(120)], render_kw={"autocomplete": "name"}
    )


def address_field() -> EmailField:
    """The address of whoever fills the form in."""
    return EmailField(
        "Uw e-mailadres",
        validators=[required("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."), at_most(254), email_address()],
        render_kw={"autocomplete": "email"},
    )


def phone_field() -> TelField:
    """A telephone number, which nobody has to give."""
    return TelField(
        "Uw telefoonnummer (niet verplicht)", validators=[phone_number()], render_kw={"autocomplete": "tel"}
    )


def home_field() -> SelectField:
    """The wijk where somebody lives; the form sets the choices."""
    return SelectField(
        "In welke wijk woont u?",
        validators=[required("Kies uw wijk. Woont u niet in Dordrecht? Kies dan die mogelijkheid.")],
    )


def required(message: str) -> DataRequired:
    """Something must be filled in, chosen or ticked; `message` says what."""
    return DataRequired(message=message)


def at_most(limit: int) -> Validator:
    """No more characters than the column holds."""

    def check(_form: Form, field: Field) -> None:
        if field.data and len(field.data) > limit:
            written, allowed = (f"{number:,}".replace(",", ".") for number in (len(field.data), limit))
            raise ValidationError(f"Maak de tekst korter: u gebruikt {written} tekens, er passen er {allowed}.")

    return check


def email_address() -> Validator:
    """An address that mail can be sent to."""

    def check(_form: Form, field: Field) -> None:
        try:
            address_key(field.data or "")
        except AddressRefused as wrong:
            raise ValidationError("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.") from wrong

    return check


def phone_number() -> Validator:
    """A telephone number, or nothing."""

    def check(_form: Form, field: Field) -> None:
        if field.data and not typed_text.is_phone(field.data):
            raise ValidationError(
                "Dit telefoonnummer klopt niet. Vul cijfers in, bijvoorbeeld 078 123 45 67 of +31 78 123 45 67."
            )

    return check


def why_expired() -> str:
    """What a page says whose CSRF token was missing or wrong."""
    if "signed_in_again" in g:
        return SIGNED_IN_TEXT
    return CSRF_TEXT if current_app.config["SESSION_COOKIE_NAME"] in request.cookies else NO_COOKIE_TEXT


def _files_for(form: Form) -> "MultiDict[str, Any]":
    """The files that were posted for a file field; one that comes under the name of a text is no text."""
    return MultiDict(
        [pair for pair in request.files.items(multi=True) if isinstance(form._fields.get(pair[0]), FileField)]
    )


def _of_text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: read(value) if isinstance(value, str) else value


def _refusal(field: Field) -> str | None:
    values: Sequence[Any] = field.raw_data or []
    texts = [value for value in values if isinstance(value, str)]
    if any(character in text for text in texts for character in UNREADABLE):
        return "In deze tekst staat een teken dat wij niet kunnen lezen. Haal het weg of typ de tekst opnieuw."
    one_line = isinstance(field, ONE_LINE_FIELDS) and not isinstance(field, TextAreaField)
    if one_line and any(character in text.strip() for text in texts for character in "\r\n"):
        return "Schrijf dit op één regel."
    return None


def _first_control(field: Field) -> str:
    return f"{field.id}-0" if isinstance(field, CheckboxesField | RadioField) else str(field.id)


def _first_text(errors: Any) -> str:
    return str(next(iter(errors)))
