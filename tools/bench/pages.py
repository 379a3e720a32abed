"""How long a page takes beside the smallest answer that Flask can give, both through the WSGI door in this process."""

import os
import statistics
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

PAGES = ("/", "/nieuws/", "/contact/", "/werkgroepen/")
ROUNDS = 60


def measure(folder: Path) -> dict[str, float]:
    """Median milliseconds per page, and of the bare answer under the name `bare`."""
    os.environ.update(DORDT_ENV="development", DORDT_DATA_DIR=str(folder))
    from wsgi import app  # the settings are read at import

    with app.app_context():
        upgrade()
    app.test_cli_runner().invoke(args=["seed"])
    found = {path: _median(app.test_client(), path) for path in PAGES}
    return {"bare": _median(_bare().test_client(), "/"), **found}


def _bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "Hallo Dordrecht")
    return app


def _median(client: FlaskClient, path: str) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, f"{path} answered {answer.status}"
    return statistics.median(times[ROUNDS // 10 :])
