"""What an editor fills in: the newsletter, for whom it is, its blocks, and how a template is called."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField, TextAreaField

from dordt.media.services import check_image
from dordt.newsletters.content.block_content import MOST_BLOCKS, NewsletterContent, tidied
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockField, BlockKind
from dordt.places.services import Choices
from dordt.shared.forms import CheckboxesField, DordtForm, SeenField, at_most, required
from dordt.shared.requests import whole_number
from dordt.staff.news.forms import UploadField

NOT_CHOSEN = ""


@dataclass(frozen=True)
class AudienceChoices:
    """What can be chosen: neighbourhoods and topics by slug, earlier newsletters by id."""

    neighbourhoods: Choices
    topics: Choices
    earlier: Choices


NO_MEETING = ("", "Geen bijeenkomst noemen")


class BlockForm(DordtForm):
    """A block. Half-written is right: the checks say what is missing, before anything is sent."""

    class Meta(DordtForm.Meta):
        """Part of a form that has the token, and the only one whose file is taken in under its own name."""

        csrf = False

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            if formdata is None or super().wrap_formdata(form, formdata) is None:
                return None
            name = form["upload"].name
            return CombinedMultiDict([MultiDict([(name, file) for file in request.files.getlist(name)]), request.form])

    website = None  # type: ignore[assignment]  # the form around it has the trap
    kind = HiddenField()
    title = StringField(validators=[at_most(200)])
    text = TextAreaField(validators=[at_most(20_000)])
    url = StringField(validators=[at_most(500)])
    alt = StringField("Wat is er op de afbeelding te zien?", validators=[at_most(500)])
    is_decorative = BooleanField("De afbeelding is alleen versiering")
    article = HiddenField()
    workgroup = HiddenField()
    media = HiddenField()
    meeting = SelectField("Bijeenkomst", default=NO_MEETING[0])
    upload = UploadField("Andere afbeelding kiezen (niet verplicht)", check=check_image)

    def __init__(
        self, index: int, content: BlockContent | None, meetings: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        """`index` stands in the names of the fields. content: what is kept; None reads what was posted.

        meetings: per group by slug, to choose from.
        """
        given: dict[str, Any] = {"formdata": None, "data": _stored(content)} if content else {}
        super().__init__(prefix=f"blocks-{index}-", **given)
        self.index = index
        self.type = BLOCK_TYPES[BlockKind(self.kind.data or "")]
        self.meeting.choices = [NO_MEETING, *meetings.get(self.workgroup.data or "", ())]
        for field in self.type.fields:
            self[field.name].label.text = field.label

    @property
    def words(self) -> str:
        """'Nieuwsbericht: Het park is klaar', for screen readers."""
        title = (self.title.data or "").strip()
        return f"{self.type.label}: {title}" if title else self.type.label

    @property
    def fields(self) -> list[tuple[BlockField, Field]]:
        return [(field, self[field.name]) for field in self.type.fields]

    def content(self) -> BlockContent:
        texts = {name: self[name].data or "" for name in ("title", "text", "url", "alt", "article", "workgroup")}
        return tidied(
            BlockContent(
                self.type.kind,
                **texts,
                is_decorative=bool(self.is_decorative.data),
                media=self.media.data or "",
                meeting_id=whole_number(self.meeting.data),
            )
        )


def _stored(content: BlockContent) -> dict[str, Any]:
    values = {name: getattr(content, name) for name in ("title", "text", "url", "alt", "is_decorative")}
    values |= {name: getattr(content, name) for name in ("kind", "article", "workgroup", "media")}
    return {**values, "meeting": str(content.meeting_id or "")}


POSTED_BLOCK = re.compile(r"blocks-([0-9]{1,4})-kind")
TOO_MANY = f"Een nieuwsbrief heeft hoogstens {MOST_BLOCKS} blokken. Haal er eerst een weg."
UNKNOWN_KIND = "Dit blok kennen wij niet. Open de pagina opnieuw."
Meetings = Mapping[str, Sequence[tuple[str, str]]]  # per group by slug: id and words


class NewsletterForm(DordtForm):
    """A draft may be half-written: only what cannot be kept is refused."""

    subject = StringField("Onderwerp", validators=[at_most(200)])
    preheader = StringField("Voorproefje (niet verplicht)", validators=[at_most(200)])
    neighbourhoods = CheckboxesField("Voor welke wijken? (niet verplicht)")
    topics = CheckboxesField("Over welke thema’s? (niet verplicht)")
    not_to = SelectField("Niet naar wie een eerdere nieuwsbrief al kreeg (niet verplicht)", default=NOT_CHOSEN)
    search = StringField("Zoek een nieuwsbericht op de titel", name="zoek", validators=[at_most(200)])
    picture_search = StringField("Zoek een afbeelding", name="beeld", validators=[at_most(200)])
    new_picture = UploadField("Nieuwe afbeelding", check=check_image)
    edit_version = SeenField(render_kw={"autocomplete": "off"})  # a browser that remembers it would be overtaken

    def __init__(
        self, stored: NewsletterContent, version: int, offered: AudienceChoices, meetings: Meetings, **given: Any
    ) -> None:
        """`stored`, of this `version`, is what the editor began with; formdata=None shows it whatever was posted."""
        super().__init__(data=_values(stored, version), **given)
        self.neighbourhoods.choices, self.topics.choices = offered.neighbourhoods, offered.topics
        self.not_to.choices = [(NOT_CHOSEN, "Sla niemand over"), *offered.earlier]
        is_posted = self.is_submitted() and given.get("formdata", True) is not None
        self.stored = stored
        self.refusals: list[str] = []
        self.blocks = list(self._posted(meetings) if is_posted else _kept(stored.blocks, meetings))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = [super().validate(extra_validators), *[block.validate() for block in self.blocks]]
        if len(self.blocks) > MOST_BLOCKS:
            self.refusals.append(TOO_MANY)
        self.form_errors += self.refusals
        return all(is_valid) and not self.refusals

    @property
    def errors(self) -> dict[str | None, Any]:
        own: dict[str | None, Any] = dict(super().errors)
        return own | {f"blocks-{block.index}": block.errors for block in self.blocks if block.errors}

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What the error summary lists; what is about a block says which."""
        found = super().problems
        for place, block in enumerate(self.blocks, 1):
            found += [(control, f"Blok {place}, {block.type.label}: {text}") for control, text in block.problems]
        return found

    @property
    def opened_version(self) -> int:
        return whole_number(self.edit_version.data) or 0

    def place_of(self, index: str) -> int | None:
        """Where the block stands whose fields carry this number."""
        return next((place for place, block in enumerate(self.blocks) if str(block.index) == index), None)

    def content(self) -> NewsletterContent:
        return NewsletterContent(
            subject=self.subject.data or "",
            preheader=self.preheader.data or "",
            blocks=[block.content() for block in self.blocks],
            **self.audience(),
        )

    def audience(self) -> dict[str, Any]:
        return {
            "neighbourhoods": list(self.neighbourhoods.data or []),
            "topics": list(self.topics.data or []),
            "not_to": int(self.not_to.data) if self.not_to.data else None,
        }

    def _posted(self, meetings: Meetings) -> Iterator[BlockForm]:
        """In the order in which they stand in the page: a script or an editor may have moved them."""
        for name in request.form:
            found = POSTED_BLOCK.fullmatch(name)
            if found and request.form[name] in set(BlockKind):
                yield BlockForm(int(found[1]), None, meetings)
            elif found:
                self.refusals.append(UNKNOWN_KIND)


def _values(stored: NewsletterContent, version: int) -> dict[str, Any]:
    return {
        "subject": stored.subject,
        "preheader": stored.preheader,
        "edit_version": str(version),
        "neighbourhoods": list(stored.neighbourhoods),
        "topics": list(stored.topics),
        "not_to": str(stored.not_to or NOT_CHOSEN),
    }


def _kept(blocks: Sequence[BlockContent], meetings: Meetings) -> Iterator[BlockForm]:
    yield from (BlockForm(index, block, meetings) for index, block in enumerate(blocks))


class TemplateForm(DordtForm):
    name = StringField(
        "Naam van het sjabloon",
        validators=[required("Geef het sjabloon een naam, bijvoorbeeld: Extra brief."), at_most(200)],
    )

    def refuse_name(self) -> None:
        self.name.errors = ["Een ander sjabloon heet al zo. Kies een andere naam."]
