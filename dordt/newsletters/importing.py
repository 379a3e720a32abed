"""A newsletter in a file: subject, preheader and articles as front matter, the intro as Markdown."""

from datetime import datetime
from pathlib import Path
from typing import Any

from dordt.news import front_matter
from dordt.news.front_matter import ImportProblem
from dordt.newsletters.content import filling
from dordt.newsletters.content.block_content import NewsletterContent

FIELDS = {"subject", "preheader", "articles"}
LIMIT = 200  # characters, as the columns of subject and preheader


def read(path: Path, *, at: datetime) -> tuple[NewsletterContent, list[str]]:
    """What the file says, and the names of fields that we do not use.

    Raises ImportProblem, and NotAllowed when an article is not on the site.
    """
    fields, body = front_matter.read(path)
    content = NewsletterContent(
        subject=_line(fields, "subject"),
        preheader=_line(fields, "preheader"),
        blocks=filling.written(body.strip(), _slugs(fields.get("articles") or []), at=at),
    )
    if not content.subject:
        raise ImportProblem("subject", "is missing")
    if not content.blocks:
        raise ImportProblem("body", "write the intro below the front matter, or name articles")
    return content, sorted(set(fields) - FIELDS)


def _line(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str):
        raise ImportProblem(name, "must be a text")
    text = " ".join(value.split())
    if len(text) > LIMIT:
        raise ImportProblem(name, f"has {len(text)} characters, at most {LIMIT} fit")
    return text


def _slugs(value: Any) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(slug, str) for slug in given):
        raise ImportProblem("articles", "must be a list of slugs")
    return given
