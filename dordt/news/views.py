"""The news that residents read, its archive and its feeds."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from dordt.news.forms import FilterForm
from dordt.news.models import Article, archived_before, count_by_year
from dordt.places import services as places
from dordt.places.models import Neighbourhood
from dordt.shared import atom, clock
from dordt.shared.links import absolute
from dordt.shared.reading import page, row_or_404, rows

bp = Blueprint("news", __name__, url_prefix="/nieuws")
RELATED = 3
ENTRIES = 20
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What is new, all of it or of one wijk or topic."""
    form = FilterForm(
        request.args.to_dict(), neighbourhoods=places.neighbourhood_choices(), topics=places.topic_choices()
    )
    query = Article.about(
        Article.recent(clock.now(), _months()), neighbourhood=form.neighbourhood.data, topic=form.topic.data
    )
    found = page(query, request.args.get("pagina"))
    return render_template("news/index.html", page=found, form=form, months=_months())


@bp.get("/<slug>/")
def article(slug: str) -> ResponseReturnValue:
    """One article, at the same address for ever."""
    at = clock.now()
    found = row_or_404(Article.published(at).where(Article.slug == slug))
    return render_template(
        "news/article.html",
        article=found,
        is_archived=found.published_at is not None and found.published_at < archived_before(at, _months()),
        related=rows(Article.related_to(found, at).limit(RELATED)),
    )


@bp.get("/archief/")
def archive() -> ResponseReturnValue:
    published = rows(Article.publication_times(Article.archived(clock.now(), _months())))
    return render_template("news/archive.html", years=count_by_year(published), months=_months())


@bp.get("/archief/<int(min=1900, max=2999):year>/")
def archive_year(year: int) -> ResponseReturnValue:
    query = Article.of_year(Article.archived(clock.now(), _months()), year)
    found = page(query, request.args.get("pagina"))
    if not found.total:
        abort(404)
    return render_template("news/archive_year.html", page=found, year=year)


@bp.get("/feed.xml")
def feed() -> ResponseReturnValue:
    """The newest articles as an Atom feed."""
    return _feed()


@bp.get("/wijk/<slug>/feed.xml")
def neighbourhood_feed(slug: str) -> ResponseReturnValue:
    """The newest articles about one wijk."""
    return _feed(row_or_404(Neighbourhood.called(slug)))


def _feed(neighbourhood: Neighbourhood | None = None) -> Response:
    slug = neighbourhood.slug if neighbourhood else ""
    newest = rows(Article.about(Article.published(clock.now()), neighbourhood=slug, topic="").limit(ENTRIES))
    return Response(of_articles(newest, neighbourhood), mimetype=atom.MIMETYPE)


def _months() -> int:
    months: int = current_app.config["NEWS_ARCHIVE_AFTER_MONTHS"]
    return months


def of_articles(articles: Sequence[Article], neighbourhood: Neighbourhood | None = None) -> bytes:
    """These articles, each as a whole; of one wijk when that is given."""
    name, title = "nieuws", "Nieuws van Dordt aan Zet"
    link, address = absolute("news.index"), absolute("news.feed")
    if neighbourhood:
        slug = neighbourhood.slug
        name, title = f"nieuws/wijk/{slug}", f"Nieuws uit {neighbourhood.name} – Dordt aan Zet"
        link, address = absolute("news.index", wijk=slug), absolute("news.neighbourhood_feed", slug=slug)
    return atom.document(
        atom.Feed(
            id=atom.tag(BEGAN_AT, name),
            title=title,
            link=link,
            address=address,
            began_at=BEGAN_AT,
            entries=[_entry(article) for article in articles],
        )
    )


def _entry(article: Article) -> atom.Entry:
    published_at = article.published_at or article.updated_at
    return atom.Entry(
        id=atom.tag(article.created_at, f"nieuws/{article.slug}"),
        title=article.title,
        link=absolute("news.article", slug=article.slug),
        published_at=published_at,
        updated_at=max(article.updated_at, published_at),
        summary=article.intro,
        content=render_template("news/feed_entry.html", article=article),
        about=[
            *((wijk.slug, wijk.name) for wijk in article.neighbourhoods),
            *((topic.slug, topic.name) for topic in article.topics),
        ],
    )
