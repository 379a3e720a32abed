"""`flask --app wsgi news import FILE.md`."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from dordt.news import services
from dordt.news.importing import ArticleFile, ImportProblem
from dordt.news.models import reserved
from dordt.places import services as places
from dordt.shared import clock

news_cli = AppGroup("news", help="News articles.")


def init_app(app: Flask) -> None:
    app.cli.add_command(news_cli)


@news_cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_command(file: Path) -> None:
    """Publish the article in FILE, or update the one with the same slug."""
    at = clock.now()
    try:
        found = ArticleFile(file, places=_known_places(), reserved=reserved(_addresses()))
        content = found.content(at=at)
    except ImportProblem as problem:
        raise click.ClickException(f"{file}: {problem}") from problem
    for note in found.notes:
        click.echo(f"{file}: {note}", err=True)
    article, is_new = services.import_article(content, at=at)
    click.echo(f"{'Added' if is_new else 'Updated'} /nieuws/{article.slug}/")


def _known_places() -> dict[str, list[str]]:
    return {
        "neighbourhoods": [slug for slug, _name in places.neighbourhood_choices()],
        "topics": [slug for slug, _name in places.topic_choices()],
    }


def _addresses() -> list[str]:
    return [rule.rule for rule in current_app.url_map.iter_rules()]
