"""One block of a newsletter, as an editor fills it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField, TextAreaField

from dordt.media.services import check_image
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content.block_content import BlockContent, tidied
from dordt.newsletters.labels import BLOCK_LABELS
from dordt.shared.forms import DordtForm, at_most
from dordt.staff.news.fields import UploadField

NO_MEETING = ("", "Geen bijeenkomst noemen")
MARKDOWN = "Opmaak: ## tussenkop, - opsomming, **vet**, [woorden](https://adres). Een lege regel begint een alinea."
ADDRESS = "Een heel adres, of het deel van deze site: /werkgroepen/."


@dataclass(frozen=True)
class Shown:
    """A field as a block of one kind shows it."""

    name: str
    label: str
    hint: str = ""
    rows: int = 0  # of a text of more lines


# The fields of each kind in their order; where a picture or a meeting belongs, the template shows more.
FIELDS: dict[BlockKind, tuple[Shown, ...]] = {
    BlockKind.INTRO: (Shown("text", "Tekst", MARKDOWN, 4),),
    BlockKind.ARTICLE: (
        Shown("title", "Kop"),
        Shown("text", "Korte tekst", "Zonder opmaak. De link naar het bericht komt er vanzelf bij.", 3),
    ),
    BlockKind.WORKGROUP: (
        Shown("title", "Kop"),
        Shown("text", "Korte tekst", "Zonder opmaak. De link naar de werkgroep komt er vanzelf bij.", 3),
    ),
    BlockKind.QUOTE: (
        Shown("text", "Wat is er gezegd?", "Zonder opmaak. De aanhalingstekens zetten wij erbij.", 3),
        Shown("title", "Wie zei dit? (niet verplicht)"),
    ),
    BlockKind.IMAGE: (Shown("title", "Onderschrift (niet verplicht)"),),
    BlockKind.BUTTON: (
        Shown("title", "Woorden op de knop", "Begin met een werkwoord, bijvoorbeeld: Bekijk de agenda."),
        Shown("url", "Adres waar de knop heen gaat", ADDRESS),
    ),
    BlockKind.OUTCOME: (
        Shown("title", "Kop"),
        Shown("text", "Tekst", f"Wat vroegen inwoners, wat is besloten en waarom? {MARKDOWN}", 4),
        Shown("url", "Adres om verder te lezen (niet verplicht)", ADDRESS),
    ),
    BlockKind.TEXT: (Shown("title", "Kop (niet verplicht)"), Shown("text", "Tekst", MARKDOWN, 4)),
}
WITH_PICTURE = {BlockKind.ARTICLE, BlockKind.IMAGE}


class BlockForm(DordtForm):
    """A block. Half-written is right: what is missing is told by the check list, before anything is sent."""

    class Meta(DordtForm.Meta):
        """Part of a form that has the token, and the only one whose file is taken in under its own name."""

        csrf = False

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """What was posted, with the file of this block."""
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
        self.shown_kind = BlockKind(self.kind.data or "")
        self.meeting.choices = [NO_MEETING, *meetings.get(self.workgroup.data or "", ())]
        for shown in FIELDS[self.shown_kind]:
            self[shown.name].label.text = shown.label

    @property
    def kind_words(self) -> str:
        """'Nieuwsbericht'."""
        return BLOCK_LABELS[self.shown_kind]

    @property
    def words(self) -> str:
        """'Nieuwsbericht: Het park is klaar', for who listens."""
        title = (self.title.data or "").strip()
        return f"{self.kind_words}: {title}" if title else self.kind_words

    @property
    def fields(self) -> list[tuple[Shown, Field]]:
        """What is filled in, in its order."""
        return [(shown, self[shown.name]) for shown in FIELDS[self.shown_kind]]

    @property
    def has_picture(self) -> bool:
        """Whether this kind can show a picture."""
        return self.shown_kind in WITH_PICTURE

    def content(self) -> BlockContent:
        """What the service needs."""
        texts = {name: self[name].data or "" for name in ("title", "text", "url", "alt", "article", "workgroup")}
        meeting = self.meeting.data or ""
        return tidied(
            BlockContent(
                self.shown_kind,
                **texts,
                is_decorative=bool(self.is_decorative.data),
                media=self.media.data or "",
                meeting_id=int(meeting) if meeting.isdigit() else None,
            )
        )


def _stored(content: BlockContent) -> dict[str, Any]:
    values = {name: getattr(content, name) for name in ("title", "text", "url", "alt", "is_decorative")}
    values |= {name: getattr(content, name) for name in ("kind", "article", "workgroup", "media")}
    return {**values, "meeting": str(content.meeting_id or "")}
