"""Members of staff: who may do what."""

from flask import Blueprint

bp = Blueprint("members", __name__, url_prefix="/medewerkers")
