"""What an editor fills in to make a newsletter, and to plan it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.news.models import Article
from dordt.newsletters import filling
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content import NewsletterContent
from dordt.newsletters.models import Newsletter
from dordt.newsletters.moments import Moment, MomentRefused, as_written, read_moment
from dordt.newsletters.planning import DEFAULT_WINDOW, Plan
from dordt.shared.formats import dutch_date
from dordt.shared.forms import DordtForm, at_most, required

FEWEST_PLACES = 6
OWN_TIME = "zelf"
WINDOWS = {str(hours): timedelta(hours=hours) for hours in (1, 2, 4, 8)}
DEFAULT_CHOICE = next(choice for choice, window in WINDOWS.items() if window == DEFAULT_WINDOW)
CHOICES = [SelectChoice(choice, f"{choice} uur later") for choice in WINDOWS]
CHOICES += [SelectChoice(OWN_TIME, "Een tijd die ik zelf kies")]


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


class PlanForm(DordtForm):
    """When a newsletter starts, and until when it may start by itself; times as Amsterdam counts them."""

    starts = StringField("Begin met versturen op", validators=[required("Kies een dag en een tijd.")])
    window = SelectField(
        "Begin niet later dan", choices=CHOICES, default=DEFAULT_CHOICE, validators=[required("Kies tot wanneer.")]
    )
    latest = StringField("Zelf gekozen tijd (alleen als u dat hierboven koos)")

    def __init__(self, plan: Plan | None, *, at: datetime) -> None:
        super().__init__(data=_planned(plan) if plan else None)
        self.at = at

    def validate_starts(self, field: StringField) -> None:
        """A moment that is still to come."""
        problem = Plan(_moment(field).at, _moment(field).at).start_problem(self.at)
        if problem:
            raise ValidationError(problem)

    def validate_latest(self, field: StringField) -> None:
        """Asked for only by who wants to choose it; measured from a start that can be."""
        if self.window.data != OWN_TIME:
            return
        if not field.data:
            raise ValidationError("Kies een dag en een tijd.")
        latest = _moment(field).at
        if self.starts.errors:
            return
        problem = Plan(_moment(self.starts).at, latest).latest_problem()
        if problem:
            raise ValidationError(problem)

    @property
    def notes(self) -> list[str]:
        """What should be known of a time that comes twice in one night."""
        fields = [self.starts, self.latest] if self.window.data == OWN_TIME else [self.starts]
        return [note for field in fields if (note := _moment(field).note)]

    def plan(self) -> Plan:
        """What the service needs."""
        starts_at = _moment(self.starts).at
        window = WINDOWS.get(self.window.data)
        return Plan(starts_at, starts_at + window if window else _moment(self.latest).at)


def _moment(field: StringField) -> Moment:
    try:
        return read_moment(field.data or "")
    except MomentRefused as refused:
        raise ValidationError(str(refused)) from refused


def _planned(plan: Plan) -> dict[str, str]:
    window = plan.latest_at - plan.starts_at
    chosen = next((choice for choice, each in WINDOWS.items() if each == window), OWN_TIME)
    latest = as_written(plan.latest_at) if chosen == OWN_TIME else ""
    return {"starts": as_written(plan.starts_at), "window": chosen, "latest": latest}


def _values(newsletter: Newsletter) -> dict[str, object]:
    return {
        "subject": newsletter.subject,
        "preheader": newsletter.preheader,
        "intro": "\n\n".join(block.text for block in newsletter.blocks if block.kind == BlockKind.INTRO),
        "articles": [block.article.slug for block in newsletter.blocks if block.article],
    }


def _label(article: Article) -> str:
    return f"{article.title} ({dutch_date(article.published_at)})" if article.published_at else article.title
