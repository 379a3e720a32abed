"""A newsletter as one mail for many: with a merge field where each recipient's own link belongs."""

from dataclasses import dataclass

from flask import current_app

from dordt.media.images import image_of
from dordt.newsletters import mail_html, mail_text
from dordt.newsletters.block_models import BlockKind, NewsletterBlock
from dordt.newsletters.models import Newsletter
from dordt.shared.links import absolute
from dordt.shared.mail import Draft, compose
from dordt.subscribers import emails

LEAVE = "[[leave]]"  # becomes the address of the recipient that ends it
OPENING = "[["  # of a merge field: only ours may stand in a mail


@dataclass(frozen=True)
class Picture:
    """A picture at its full address, as wide as a mail shows it."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Item:
    """An article as a newsletter shows it."""

    title: str
    intro: str
    link: str
    picture: Picture | None

    @property
    def intro_text(self) -> str:
        """The intro in lines that fit the text part."""
        return mail_text.wrapped(self.intro)


def draft_of(newsletter: Newsletter) -> Draft:
    """Subject, text part, HTML part and the headers of RFC 2369 and RFC 8058."""
    site, contact = current_app.config["SITE_URL"], current_app.config["CONTACT_ADDRESS"]
    link = emails.merged_unsubscribe_link()
    intro = _without_fields("\n\n".join(block.text for block in newsletter.blocks if block.kind == BlockKind.INTRO))
    return compose(
        "newsletter",
        to="",
        reply_to=contact,
        token_purpose=emails.UNSUBSCRIBE,
        headers={
            "List-Unsubscribe": f"<{link}>, <mailto:{_leave_address()}?subject=afmelden>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        subject=_without_fields(newsletter.subject),
        preheader=_without_fields(newsletter.preheader),
        intro_html=mail_html.to_html(intro, site=site),
        intro_text=mail_text.to_text(intro, site=site),
        items=[_item(block, site) for block in newsletter.blocks if block.article],
        unsubscribe_link=link,
    )


def _leave_address() -> str:
    """Where a mail of each recipient's own ends the newsletter; where no mail comes in, a person reads it."""
    config = current_app.config
    return LEAVE if config["MAIL_BOUNCE_DOMAIN"] else str(config["CONTACT_ADDRESS"])


def _item(block: NewsletterBlock, site: str) -> Item:
    slug = block.article.slug if block.article else ""
    return Item(
        title=_without_fields(block.title),
        intro=_without_fields(block.text),
        link=absolute("news.article", slug=slug),
        picture=_picture(block, site),
    )


def _picture(block: NewsletterBlock, site: str) -> Picture | None:
    """The JPEG or PNG version: not every mail programme shows WebP."""
    image = image_of(block.media, block.alt)
    if image is None:
        return None
    width = min(image.width, mail_html.WIDTH)
    return Picture(f"{site}{image.url}", _without_fields(image.alt), width, round(image.height * width / image.width))


def _without_fields(text: str) -> str:
    """What somebody wrote never becomes a merge field."""
    return text.replace(OPENING, "[ [")
