"""What an editor fills in to make a newsletter: what the mailbox shows, for whom it is, and the blocks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import request
from wtforms import Form, HiddenField, StringField

from dordt.media.services import check_image
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content.block_content import MOST_BLOCKS, BlockContent, NewsletterContent
from dordt.shared.forms import at_most
from dordt.staff.news.fields import UploadField
from dordt.staff.newsletters.audience_form import NOT_CHOSEN, AudienceForm, Offered
from dordt.staff.newsletters.block_form import BlockForm

POSTED_BLOCK = re.compile(r"blocks-([0-9]{1,4})-kind")
TOO_MANY = f"Een nieuwsbrief heeft hoogstens {MOST_BLOCKS} blokken. Haal er eerst een weg."
UNKNOWN_KIND = "Dit blok kennen wij niet. Open de pagina opnieuw."
Meetings = Mapping[str, Sequence[tuple[str, str]]]  # per group by slug: id and words


class NewsletterForm(AudienceForm):
    """A draft may be half-written: only what cannot be kept is refused."""

    subject = StringField("Onderwerp", validators=[at_most(200)])
    preheader = StringField("Voorproefje (niet verplicht)", validators=[at_most(200)])
    search = StringField("Zoek een bericht op de titel", name="zoek", validators=[at_most(200)])
    picture_search = StringField("Zoek een afbeelding", name="beeld", validators=[at_most(200)])
    new_picture = UploadField("Nieuwe afbeelding", check=check_image)
    edit_version = HiddenField(render_kw={"autocomplete": "off"})  # a browser that remembers it would be overtaken

    class Meta(AudienceForm.Meta):
        """Reads what was posted, unless it is asked to show what is kept."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """None is meant as none."""
            return None if formdata is None else super().wrap_formdata(form, formdata)

    def __init__(
        self, stored: NewsletterContent, version: int, offered: Offered, meetings: Meetings, **given: Any
    ) -> None:
        """`stored`, of this `version`, is what the editor began with; formdata=None shows it whatever was posted."""
        super().__init__(data=_values(stored, version), **given)
        self.offer(offered)
        is_posted = self.is_submitted() and given.get("formdata", True) is not None
        self.stored = stored
        self.refusals: list[str] = []
        self.blocks = list(self._posted(meetings) if is_posted else _kept(stored.blocks, meetings))

    def validate(self, extra_validators: Any = None) -> bool:
        """The form, and each of its blocks."""
        is_valid = [super().validate(extra_validators), *[block.validate() for block in self.blocks]]
        if len(self.blocks) > MOST_BLOCKS:
            self.refusals.append(TOO_MANY)
        self.form_errors += self.refusals
        return all(is_valid) and not self.refusals

    @property
    def errors(self) -> dict[str | None, Any]:
        """Also those of the blocks."""
        own: dict[str | None, Any] = dict(super().errors)
        return own | {f"blocks-{block.index}": block.errors for block in self.blocks if block.errors}

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What the error summary lists; what is about a block says which."""
        found = super().problems
        for place, block in enumerate(self.blocks, 1):
            found += [(control, f"Blok {place}, {block.kind_words}: {text}") for control, text in block.problems]
        return found

    @property
    def opened_version(self) -> int:
        """The version that the editor began with."""
        given = str(self.edit_version.data or "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0

    def place_of(self, index: str) -> int | None:
        """Where the block stands whose fields carry this number."""
        return next((place for place, block in enumerate(self.blocks) if str(block.index) == index), None)

    def content(self) -> NewsletterContent:
        """What the service needs."""
        return NewsletterContent(
            subject=self.subject.data or "",
            preheader=self.preheader.data or "",
            blocks=[block.content() for block in self.blocks],
            **self.audience(),
        )

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
