"""Dordt aan Zet, the participation platform of the gemeente Dordrecht."""

import json
from pathlib import Path

from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from config import SettingProblem, Settings
from dordt import accounts, development, errors, mailer, models, staff, throttling
from dordt.accounts import services as account_services
from dordt.contact import services as contact_services
from dordt.contact import views as contact_views
from dordt.drafts import services as draft_services
from dordt.drafts import tasks as draft_tasks
from dordt.extensions import csrf, db, migrate
from dordt.media import markdown
from dordt.media import views as media_views
from dordt.news import commands as news_commands
from dordt.news import views as news_views
from dordt.newsletters import commands as newsletter_commands
from dordt.newsletters import tasks as newsletter_tasks
from dordt.newsletters import views as newsletter_views
from dordt.operations import commands as operations_commands
from dordt.operations import views as operations_views
from dordt.shared import database, formats, requests
from dordt.site import views as site_views
from dordt.subscribers import tasks as subscriber_tasks
from dordt.subscribers import views as subscriber_views
from dordt.workgroups import tasks as workgroup_tasks
from dordt.workgroups import views as workgroup_views

__all__ = ["create_app", "models"]


def create_app(settings: Settings) -> Flask:
    """Build the application. Raises SettingProblem that names every obligatory setting without a value."""
    app = Flask(__name__, template_folder="../templates")
    app.config.from_object(settings)
    _require_settings(app)
    requests.keep_discreet_log(app)
    _trust_proxies(app)
    _init_extensions(app)
    _init_templates(app)
    _register_pages(app)
    _register_commands(app)
    _register_tasks(app)
    development.init_app(app)
    return app


def _require_settings(app: Flask) -> None:
    missing = [name for name in app.config["REQUIRED"] if not app.config.get(name)]
    if missing:
        raise SettingProblem(f"Set these environment variables before the start: {', '.join(missing)}.")
    app.config["DATA_DIR"].mkdir(mode=0o700, parents=True, exist_ok=True)  # residents live in it


def _trust_proxies(app: Flask) -> None:
    hops = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _init_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        database.init_app(app, db.engine)
    migrate.init_app(app, db, directory=f"{app.root_path}/../migrations", render_as_batch=True)
    csrf.init_app(app)
    throttling.init_app(app)
    mailer.init_app(app)
    accounts.init_app(app)


def _init_templates(app: Flask) -> None:
    _init_assets(app)
    for part in (formats, markdown):
        part.init_app(app)


def _init_assets(app: Flask) -> None:
    """Give templates `asset('site.css')`; the manifest is written by the front-end build (`make setup`)."""
    manifest = Path(app.static_folder or "") / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}

    def asset(name: str) -> str:
        if name not in names:
            raise LookupError(f"{name} is not in dordt/static/manifest.json: run `make setup`")
        return url_for("static", filename=names[name])

    app.add_template_global(asset)


def _register_pages(app: Flask) -> None:
    requests.init_app(app)
    errors.init_app(app)
    for views in (
        site_views,
        news_views,
        media_views,
        contact_views,
        workgroup_views,
        subscriber_views,
        newsletter_views,
        operations_views,
    ):
        app.register_blueprint(views.bp)
    staff.init_app(app)


def _register_commands(app: Flask) -> None:
    for commands in (news_commands, newsletter_commands, operations_commands):
        commands.init_app(app)


def _register_tasks(app: Flask) -> None:
    for tasks in (workgroup_tasks, subscriber_tasks, newsletter_tasks, draft_tasks):
        tasks.init_app(app)
    account_services.on_rights_change("contact", contact_services.hand_back_messages)
    account_services.on_rights_change("drafts", draft_services.erase_of)
