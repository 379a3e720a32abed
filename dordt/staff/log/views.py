"""The log: who changed what, and who read what."""

from flask import Blueprint

bp = Blueprint("log", __name__, url_prefix="/logboek")
