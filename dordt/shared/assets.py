"""Addresses of built style sheets, scripts and fonts, with a content hash in the name."""

import json
from pathlib import Path

from flask import Flask, url_for


def init_app(app: Flask) -> None:
    """Give templates `asset('site.css')`; the manifest is written by the front-end build (`make setup`)."""
    manifest = Path(app.static_folder or "") / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}

    def asset(name: str) -> str:
        if name not in names:
            raise LookupError(f"{name} is not in dordt/static/manifest.json: run `make setup`")
        return url_for("static", filename=names[name])

    app.add_template_global(asset)
