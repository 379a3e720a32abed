"""What an editor fills in to make a newsletter."""

from collections.abc import Sequence
from datetime import datetime

from wtforms import SelectMultipleField, StringField, TextAreaField

from dordt.news.models import Article
from dordt.newsletters import filling
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content import NewsletterContent
from dordt.newsletters.models import Newsletter
from dordt.shared.formats import dutch_date
from dordt.shared.forms import DordtForm, at_most, required

FEWEST_PLACES = 6


class NewsletterForm(DordtForm):
    """Subject, preheader, intro, and articles in the order of the lists they are chosen in."""

    subject = StringField("Onderwerp", validators=[required("Vul een onderwerp in."), at_most(200)])
    preheader = StringField("Voorproefje (niet verplicht)", validators=[at_most(200)])
    intro = TextAreaField("Inleiding (niet verplicht als u een bericht kiest)", validators=[at_most(20_000)])
    articles = SelectMultipleField("Berichten")

    def __init__(self, articles: Sequence[Article], newsletter: Newsletter | None = None) -> None:
        super().__init__(data=_values(newsletter) if newsletter else None)
        known = [(article.slug, _label(article)) for article in articles]
        self.articles.choices = [("", "Geen bericht"), *known]

    @property
    def chosen(self) -> list[str]:
        """The slugs, each once, without the lists that were left empty."""
        return [slug for slug in dict.fromkeys(self.articles.data or []) if slug]

    @property
    def places(self) -> list[str]:
        """What each list shows: what was chosen, and room for more."""
        return [*self.chosen, *[""] * max(1, FEWEST_PLACES - len(self.chosen))]

    def content(self, *, at: datetime) -> NewsletterContent:
        """What the service needs."""
        return NewsletterContent(
            subject=self.subject.data or "",
            preheader=self.preheader.data or "",
            blocks=filling.written((self.intro.data or "").replace("\r\n", "\n"), self.chosen, at=at),
        )


def _values(newsletter: Newsletter) -> dict[str, object]:
    return {
        "subject": newsletter.subject,
        "preheader": newsletter.preheader,
        "intro": "\n\n".join(block.text for block in newsletter.blocks if block.kind == BlockKind.INTRO),
        "articles": [block.article.slug for block in newsletter.blocks if block.article],
    }


def _label(article: Article) -> str:
    return f"{article.title} ({dutch_date(article.published_at)})" if article.published_at else article.title
