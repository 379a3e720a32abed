"""The blueprint of the section, and the rows that a URL names."""

from flask import Blueprint

from dordt.shared.reading import row_or_404
from dordt.subscribers.models import SubscriberImport

bp = Blueprint("subscribers", __name__, url_prefix="/abonnees")
NUMBER = "<int:subscriber_id>"
IMPORT = "<int:import_id>"


def numbered_import(import_id: int) -> SubscriberImport:
    """The import with this number, or the page that says there is none."""
    return row_or_404(SubscriberImport.numbered(import_id))
