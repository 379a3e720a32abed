"""The composer as a browser fills it in."""

import re
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.newsletters.models import Newsletter
from tests.support.visitors import Visitor

EDIT = "/beheer/nieuwsbrieven/1/bewerken/"


def stored() -> Newsletter:
    """The one newsletter, as another request kept it."""
    db.session.rollback()
    return db.session.scalars(sa.select(Newsletter).order_by(Newsletter.id)).one()


def posted(client: Visitor) -> dict[str, Any]:
    """The form as a browser would post it, without a button."""
    return form_values(client.get(EDIT).text)


def form_values(page: str) -> dict[str, Any]:
    """Every named field of the composer with its value."""
    form = page[page.index('id="composer"') :]
    form = form[: form.index("</form>")]
    values: dict[str, Any] = {}
    for name, value in re.findall(
        r'<input(?=[^>]*\bname="([^"]+)")(?=[^>]*\bvalue="([^"]*)")(?![^>]*checkbox)[^>]*>', form
    ):
        values[name] = value
    for name, text in re.findall(r'<textarea[^>]*\bname="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL):
        values[name] = text
    for name, options in re.findall(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values[name] = (re.findall(r'<option selected value="([^"]*)"', options) or [""])[0]
    values.pop("csrf_token", None)
    return values
