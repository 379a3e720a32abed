"""Where the newsletter stands on the site."""

from flask import Blueprint

bp = Blueprint("subscribers", __name__, url_prefix="/nieuwsbrief")
