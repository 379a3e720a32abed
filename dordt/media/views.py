"""The files themselves."""

from flask import Blueprint, Response, abort, send_file
from flask.typing import ResponseReturnValue

from dordt.media.images import FOLDER, image_of
from dordt.media.models import MediaFile
from dordt.shared import storage
from dordt.shared.reading import row_or_404

bp = Blueprint("media", __name__, url_prefix=FOLDER)
bp.add_app_template_filter(image_of, "image")
FOR_EVER = 365 * 24 * 60 * 60  # seconds; the key of a file is random and its content never changes


@bp.get("/<key>/<name>")
def file(key: str, name: str) -> ResponseReturnValue:
    """Only names that we gave ourselves are looked up in storage, so that no path leads elsewhere."""
    media = row_or_404(MediaFile.with_key(key))
    content_type = media.content_type_of(name)
    if content_type is None:
        abort(404)
    try:
        content = storage.open_file(f"{media.key}/{name}")
    except FileNotFoundError:
        abort(404)
    response = send_file(content, content_type, download_name=name, etag=f"{key}-{name}", max_age=FOR_EVER)
    if name == media.filename:
        response.content_length = media.size
    return _kept_for_ever(response)


def _kept_for_ever(response: Response) -> Response:
    response.cache_control.immutable = True
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mail programs show our pictures too
    return response
