"""The kinds of blocks. All that one kind is stands in its class here, but for how it looks: that is a macro with the
name of the kind in each of TEMPLATES. docs/how-to/add-a-block-kind.md tells how to add one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa

from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.shared.problems import NotAllowed
from dordt.workgroups.models import Meeting, Workgroup

TEMPLATES = ("newsletters/_blocks.html", "email/newsletter/blocks.mjml.xml", "email/newsletter/blocks.txt")
PICTURE = ("media", "alt", "is_decorative")
MARKDOWN_HINT = (
    "Opmaak: ## tussenkop, - opsomming, **vet**, [woorden](https://adres). Een lege regel begint een alinea."
)
ADDRESS_HINT = "Een heel adres, of het deel van deze site: /werkgroepen/."
NO_TITLE = "Vul een titel in bij blok {place}."


class BlockKind(StrEnum):
    """As it is kept; the composer offers the kinds that an editor writes in this order."""

    INTRO = "intro"
    TEXT = "text"
    QUOTE = "quote"
    BUTTON = "button"
    OUTCOME = "outcome"  # "wat deden wij met uw inbreng"
    ARTICLE = "article"
    WORKGROUP = "workgroup"
    IMAGE = "image"


@dataclass(frozen=True)
class BlockContent:
    """One block; article and group by slug, the picture by the key of its file. Its BlockType tells what counts."""

    kind: BlockKind
    title: str = ""
    text: str = ""
    url: str = ""
    alt: str = ""
    is_decorative: bool = False
    article: str = ""
    workgroup: str = ""
    meeting_id: int | None = None
    media: str = ""


@dataclass(frozen=True)
class BlockField:
    """A column of a block as its form shows it, and what mail and checks must know of it."""

    name: str
    label: str
    hint: str = ""
    rows: int = 0  # of a text of more lines
    is_markdown: bool = False
    is_address: bool = False
    is_label: bool = False  # of a link: what is clicked on
    empty: str = ""  # what the checks say when nothing stands in it; "" when that is allowed


def _markdown(empty: str, before: str = "") -> BlockField:
    return BlockField("text", "Tekst", f"{before}{MARKDOWN_HINT}", rows=4, is_markdown=True, empty=empty)


class BlockType:
    """One kind of block; each subclass is in BLOCK_TYPES by its kind."""

    kind: ClassVar[BlockKind]
    label: ClassVar[str]
    fields: ClassVar[tuple[BlockField, ...]]  # in the order of the form
    others: ClassVar[tuple[str, ...]] = ()  # columns that count beside those of the fields
    is_written: ClassVar[bool] = True  # by an editor; the others are chosen from what stands on the site
    is_opening: ClassVar[bool] = False  # a new one goes before all other blocks
    no_picture: ClassVar[str] = ""  # what the checks say when no picture was chosen
    columns: ClassVar[tuple[str, ...]]  # all that count; in the other columns nothing is kept

    def __init_subclass__(cls) -> None:
        cls.columns = (*(field.name for field in cls.fields), *cls.others)
        BLOCK_TYPES[cls.kind] = cls()

    @property
    def markdown(self) -> set[str]:
        """The columns that hold Markdown; the others hold plain text."""
        return {field.name for field in self.fields if field.is_markdown}

    def filled(self, _name: str, *, at: datetime) -> BlockContent:  # noqa: ARG002
        """A new block; `_name` is the slug or the key of what was chosen. Raises NotAllowed when that is not there."""
        return BlockContent(self.kind)

    def revived(self, block: BlockContent, *, at: datetime) -> BlockContent | None:  # noqa: ARG002
        """A block of an earlier newsletter as it can be used now; None when what it was about is gone."""
        return block


BLOCK_TYPES: dict[BlockKind, BlockType] = {}


class IntroBlock(BlockType):
    kind = BlockKind.INTRO
    label = "Inleiding"
    is_opening = True
    fields = (_markdown("Schrijf iets in blok {place} (inleiding) of haal het weg."),)


class TextBlock(BlockType):
    kind = BlockKind.TEXT
    label = "Vrije tekst"
    fields = (
        BlockField("title", "Kop (niet verplicht)"),
        _markdown("Schrijf iets in blok {place} (tekst) of haal het weg."),
    )


class QuoteBlock(BlockType):
    """What somebody said; the title is who that was."""

    kind = BlockKind.QUOTE
    label = "Citaat"
    fields = (
        BlockField(
            "text",
            "Wat is er gezegd?",
            "Zonder opmaak. De aanhalingstekens zetten wij erbij.",
            rows=3,
            empty="Schrijf in blok {place} wat er is gezegd, of haal het citaat weg.",
        ),
        BlockField("title", "Wie zei dit? (niet verplicht)"),
    )


class ButtonBlock(BlockType):
    """What a reader should do most of all."""

    kind = BlockKind.BUTTON
    label = "Knop"
    fields = (
        BlockField(
            "title",
            "Woorden op de knop",
            "Begin met een werkwoord, bijvoorbeeld: Bekijk de agenda.",
            is_label=True,
            empty="Vul in wat er op de knop van blok {place} staat.",
        ),
        BlockField(
            "url",
            "Adres waar de knop heen gaat",
            ADDRESS_HINT,
            is_address=True,
            empty="Vul in waar de knop van blok {place} heen gaat.",
        ),
    )


class OutcomeBlock(BlockType):
    """What was done with what residents brought in."""

    kind = BlockKind.OUTCOME
    label = "Wat deden wij met uw inbreng"
    fields = (
        BlockField("title", "Kop"),
        _markdown(
            "Schrijf in blok {place} wat er met de inbreng is gedaan, of haal het blok weg.",
            before="Wat vroegen bewoners, wat is besloten en waarom? ",
        ),
        BlockField("url", "Adres om verder te lezen (niet verplicht)", ADDRESS_HINT, is_address=True),
    )

    def filled(self, _name: str, *, at: datetime) -> BlockContent:  # noqa: ARG002
        """With the heading that it nearly always has."""
        return BlockContent(self.kind, title="Wat deden wij met uw inbreng?")


class ArticleBlock(BlockType):
    """An article, with its title, intro and picture edited in place."""

    kind = BlockKind.ARTICLE
    label = "Nieuwsbericht"
    is_written = False
    others = ("article", *PICTURE)
    fields = (
        BlockField("title", "Kop", empty=NO_TITLE),
        BlockField("text", "Korte tekst", "Zonder opmaak. De link naar het nieuwsbericht komt er vanzelf bij.", rows=3),
    )

    def filled(self, slug: str, *, at: datetime) -> BlockContent:
        article = db.session.scalars(Article.published(at).where(Article.slug == slug)).one_or_none()
        if article is None:
            raise NotAllowed("Dit nieuwsbericht staat niet op de site. Kies een nieuwsbericht dat gepubliceerd is.")
        return from_article(article)

    def revived(self, block: BlockContent, *, at: datetime) -> BlockContent | None:  # noqa: ARG002
        return block if _is_there(sa.select(Article).where(Article.slug == block.article)) else None


class WorkgroupBlock(BlockType):
    kind = BlockKind.WORKGROUP
    label = "Werkgroep"
    is_written = False
    others = ("workgroup", "meeting_id")
    fields = (
        BlockField("title", "Kop", empty=NO_TITLE),
        BlockField("text", "Korte tekst", "Zonder opmaak. De link naar de werkgroep komt er vanzelf bij.", rows=3),
    )

    def filled(self, slug: str, *, at: datetime) -> BlockContent:
        group = db.session.scalars(Workgroup.called(slug)).one_or_none()
        if group is None:
            raise NotAllowed("Deze werkgroep bestaat niet meer. Kies een andere.")
        return from_workgroup(group, at=at)

    def revived(self, block: BlockContent, *, at: datetime) -> BlockContent | None:
        """A meeting that is over becomes the next one of its group."""
        group = db.session.scalars(Workgroup.called(block.workgroup)).one_or_none()
        if group is None:
            return None
        upcoming = sa.select(Meeting.id).where(Meeting.id == block.meeting_id, Meeting.ends_at > at)
        if not block.meeting_id or _is_there(upcoming):
            return block
        return replace(block, meeting_id=_next_meeting(group, at=at))


class ImageBlock(BlockType):
    """A picture; the title stands under it."""

    kind = BlockKind.IMAGE
    label = "Afbeelding"
    is_written = False
    others = PICTURE
    no_picture = "Kies een afbeelding voor blok {place} of haal het weg."
    fields = (BlockField("title", "Onderschrift (niet verplicht)"),)

    def filled(self, key: str, *, at: datetime) -> BlockContent:  # noqa: ARG002
        media = db.session.scalars(MediaFile.with_keys([key], MediaKind.IMAGE)).one_or_none()
        if media is None:
            raise NotAllowed("Deze afbeelding is er niet meer. Kies een andere.")
        return from_picture(media)

    def revived(self, block: BlockContent, *, at: datetime) -> BlockContent | None:  # noqa: ARG002
        """Nothing is left of it without its picture."""
        return block if block.media else None


def from_article(article: Article) -> BlockContent:
    """The block of an article: its title, intro and picture, to be edited in place."""
    return BlockContent(
        BlockKind.ARTICLE,
        title=article.title,
        text=article.intro,
        article=article.slug,
        media=article.image.key if article.image else "",
        alt=article.image_alt,
        is_decorative=not article.image_alt,
    )


def from_workgroup(group: Workgroup, *, at: datetime) -> BlockContent:
    """The block of a work group, with its next meeting if one is planned."""
    meeting_id = _next_meeting(group, at=at)
    return BlockContent(
        BlockKind.WORKGROUP, title=group.name, text=group.summary, workgroup=group.slug, meeting_id=meeting_id
    )


def from_picture(media: MediaFile) -> BlockContent:
    """The block of a picture, with what an article says of it."""
    users = sa.select(Article.image_alt).where(Article.image_id == media.id, Article.image_alt != "")
    said = db.session.scalars(users.order_by(Article.id.desc()).limit(1)).first()
    return BlockContent(BlockKind.IMAGE, media=media.key, alt=said or "")


def with_own_picture(block: BlockContent) -> BlockContent:
    """The block of an article with the picture that the article has now."""
    article = db.session.scalars(sa.select(Article).where(Article.slug == block.article)).one_or_none()
    if article is None:
        return block
    own = from_article(article)
    return replace(block, media=own.media, alt=own.alt, is_decorative=own.is_decorative)


def _next_meeting(group: Workgroup, *, at: datetime) -> int | None:
    meeting = db.session.scalars(Meeting.upcoming(at, group.id).limit(1)).first()
    return meeting.id if meeting else None


def _is_there(query: "sa.Select[Any]") -> bool:
    return db.session.scalars(query).first() is not None
