"""Members of staff, their roles, and their sign-in: Flask-Security does the hashing and the sign-in itself."""

from flask import Flask
from flask_login.utils import _user_context_processor
from flask_security import SQLAlchemyUserDatastore

from dordt.accounts import commands, sessions, views
from dordt.accounts.models import Role, StaffMember
from dordt.extensions import db, security

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # argon2 salts by itself
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_CLI_USERS_NAME": None,  # `staff create` knows our rules
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        "Wij kunnen u met deze gegevens niet inloggen. Kijk uw e-mailadres en wachtwoord na en probeer het opnieuw.",
        "error",
    ),
}


def init_app(app: Flask) -> None:
    """Sign-in by Flask-Security with our own models, pages and commands; its own pages stay away."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    security.init_app(app, SQLAlchemyUserDatastore(db, StaffMember, Role), register_blueprint=False)
    security.login_manager.user_loader(_member_of_this_session)
    security.login_manager.request_loader(_nobody)
    _leave_public_pages_alone(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.staff_cli)


def _member_of_this_session(_uniquifier: str) -> StaffMember | None:
    """The row of the session decides, not the name in the cookie."""
    return sessions.current_member()


def _nobody(_request: object) -> None:
    """Flask-Security would take a token from a header or an address; nobody has one here."""


def _leave_public_pages_alone(app: Flask) -> None:
    """Take away the hooks that read the session at every request: a public page would become private to one visitor."""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)
