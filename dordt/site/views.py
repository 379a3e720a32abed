"""Home, the pages that the law asks for, and the files that machines ask for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta

from flask import Blueprint, Response, current_app, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from dordt.news.models import Article, count_by_year
from dordt.newsletters.models import Newsletter
from dordt.shared import clock
from dordt.shared.links import absolute
from dordt.shared.reading import rows
from dordt.workgroups.models import Meeting, Workgroup

bp = Blueprint("site", __name__)
ARTICLES, MEETINGS = 4, 3
SECURITY_TXT_LASTS = timedelta(days=180)
# The sitemap: for search engines, and for the accessibility checks that walk it.
PAGES = (
    *("site.home", "news.index", "news.archive", "workgroups.index", "contact.write", "subscribers.subscribe"),
    *("newsletters.archive", "site.accessibility", "site.privacy", "site.cookies"),
)
STAFF = "/beheer/"
SitemapEntry = tuple[str, datetime | None]


@bp.get("/")
def home() -> ResponseReturnValue:
    """The newest article large, three more, groups that look for people, and the next meetings."""
    at = clock.now()
    articles = rows(Article.published(at).limit(ARTICLES))
    return render_template(
        "site/home.html",
        lead_article=articles[0] if articles else None,
        articles=articles[1:],
        workgroups=rows(Workgroup.looking()),
        meetings=rows(Meeting.upcoming(at).limit(MEETINGS)),
    )


@bp.get("/toegankelijkheid/")
def accessibility() -> ResponseReturnValue:
    """How well everybody can use this site, and where to complain."""
    return render_template("site/accessibility.html", contact_address=current_app.config["CONTACT_ADDRESS"])


@bp.get("/privacy/")
def privacy() -> ResponseReturnValue:
    """What we keep of whom, why and for how long."""
    return render_template("site/privacy.html", contact_address=current_app.config["CONTACT_ADDRESS"])


@bp.get("/cookies/")
def cookies() -> ResponseReturnValue:
    """The one cookie, and why there is no banner."""
    return render_template("site/cookies.html", cookie_name=current_app.config["SESSION_COOKIE_NAME"])


@bp.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    at = clock.now()
    published = Article.published(at)
    archived = rows(Article.publication_times(Article.archived(at, current_app.config["NEWS_ARCHIVE_AFTER_MONTHS"])))
    pages = _sitemap_entries(rows(published), archived, rows(Workgroup.all()), rows(Newsletter.sent()))
    return Response(render_template("site/sitemap.xml", pages=pages), mimetype="application/xml")


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    closed = closed_to_robots(rule.rule for rule in current_app.url_map.iter_rules())
    return _text("site/robots.txt", closed=closed, sitemap=absolute("site.sitemap"))


@bp.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    """Where to report a weak spot (RFC 9116)."""
    contact = current_app.config["SECURITY_CONTACT"]
    return _text("site/security.txt", contact=contact, expires=_expiry(clock.now()), url=absolute("site.security_txt"))


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """For browsers that look here whatever the page says."""
    return send_from_directory(current_app.static_folder or "", "favicon.ico", max_age=24 * 60 * 60)


def _text(template: str, **values: object) -> Response:
    return Response(render_template(template, **values).strip() + "\n", mimetype="text/plain")


def _expiry(at: datetime) -> str:
    """Half a year from today at midnight: less than the year that RFC 9116 asks, and the same all day long."""
    return f"{datetime.combine(at.date() + SECURITY_TXT_LASTS, time()).isoformat()}Z"


def closed_to_robots(rules: Iterable[str]) -> list[str]:
    """The beginnings of addresses that are not for search engines: staff pages, and pages whose address is a key."""
    with_token = {rule.partition("<token>")[0] for rule in rules if "<token>" in rule}
    return sorted({STAFF} | {start for start in with_token if not start.startswith(STAFF)})


def _sitemap_entries(
    articles: Sequence[Article],
    archived: Sequence[datetime | None],
    groups: Sequence[Workgroup],
    newsletters: Sequence[Newsletter],
) -> list[SitemapEntry]:
    """Address and last change, where we know it, of each page."""
    return [
        *((absolute(endpoint), None) for endpoint in PAGES),
        *((absolute("news.article", slug=article.slug), _changed(article)) for article in articles),
        *((absolute("news.archive_year", year=year), None) for year, _count in count_by_year(archived)),
        *_of_groups(groups),
        *((absolute("newsletters.show", number=each.number), each.dated_at) for each in newsletters),
    ]


def _changed(article: Article) -> datetime:
    """A change made before its publication was seen by nobody."""
    return max(article.updated_at, article.published_at or article.updated_at)


def _of_groups(groups: Sequence[Workgroup]) -> Iterator[SitemapEntry]:
    for group in groups:
        yield absolute("workgroups.show", slug=group.slug), None
        if group.is_open:
            yield absolute("workgroups.join", slug=group.slug), None
