"""The section of the newsletters: its blueprint, and the newsletter that an address names.

The list and one newsletter are in `views`; writing, sending and reporting are packages of their own.
"""

from flask import Blueprint

from dordt.newsletters.models import Newsletter
from dordt.shared.reading import row_or_404

bp = Blueprint("newsletters", __name__, url_prefix="/nieuwsbrieven")
NEWSLETTER = "<int:newsletter_id>"


def numbered(newsletter_id: int) -> Newsletter:
    """The newsletter with this newsletter_id, or the page that says there is none."""
    return row_or_404(Newsletter.numbered(newsletter_id))
