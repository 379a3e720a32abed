"""Names of libraries that begin with an underscore and that we use all the same.

A new release may drop or change one without a word. Each has a test here that names the library and the release in
which it was looked at last; a new release fails here first, and whoever raises it looks again and writes the new one.
"""

import ast
import inspect
import smtplib
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from huey.consumer import Consumer

from tests.guards.modules import MODULES, Module

# Underscored all the same, but documented: methods of named tuples, and the object behind a proxy of Werkzeug.
DOCUMENTED = {"_asdict", "_replace", "_fields", "_field_defaults", "_get_current_object"}


def exists(path: str) -> bool:
    """Whether the last name of `package.module:Class.name` is an attribute of what stands before it."""
    module, _, names = path.partition(":")
    found = __import__(module, fromlist=["_"])
    *owners, last = names.split(".")
    for owner in owners:
        found = getattr(found, owner)
    return hasattr(found, last) or last in inspect.getsource(found)  # some are set when an instance is made


# file: the private names that it uses, each with where it stands in the library, and that library's release.
USED = {
    "dordt/accounts/services.py": {"_password_util": ("flask_security.core:Security._password_util", "Flask-Security")},
    "dordt/accounts/__init__.py": {
        "_user_context_processor": ("flask_login.utils:_user_context_processor", "Flask-Login"),
        "_update_remember_cookie": ("flask_login:LoginManager._update_remember_cookie", "Flask-Login"),
        "_on_before_request": ("flask_principal:Principal._on_before_request", "Flask-Principal"),
    },
    "dordt/mailer/smtp/transport.py": {"_host": ("smtplib:SMTP._host", "")},
    "dordt/mailer/worker/process.py": {"_signal_actions": ("huey.consumer:Consumer._signal_actions", "huey")},
    "dordt/shared/forms.py": {"_fields": ("wtforms.form:BaseForm._fields", "WTForms")},
    "dordt/shared/requests.py": {
        "_session": ("flask.ctx:RequestContext._session", "Flask"),
        "_parse_urlencoded": ("werkzeug.formparser:FormDataParser._parse_urlencoded", "Werkzeug"),
    },
}
LOOKED_AT = {
    "Flask": "3.1",
    "Flask-Login": "0.6",
    "Flask-Principal": "0.4",
    "Flask-Security": "5.9",
    "WTForms": "3.3",
    "Werkzeug": "3.1",
    "huey": "3.5",
}
ON_SELF = {"_signal_actions", "_parse_urlencoded"}  # used by deriving from the library's class


def private_names(module: Module) -> Iterator[str]:
    """The underscored names that come from elsewhere: imported, or of an object other than self, cls and super()."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node.value):
            yield node.attr


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_own(owner: ast.expr) -> bool:
    if isinstance(owner, ast.Call):
        return isinstance(owner.func, ast.Name) and owner.func.id == "super"
    return isinstance(owner, ast.Name) and owner.id in {"self", "cls"}


def test_each_private_name_of_a_library_is_known_here():
    known = {(file, name) for file, names in USED.items() for name in names}
    found = {(module.name, name) for module in MODULES for name in private_names(module)}
    of_libraries = {use for use in found if use[1] not in DOCUMENTED or use in known}

    assert of_libraries | {(file, name) for file, name in known if name in ON_SELF} == known


@pytest.mark.parametrize("path", [path for names in USED.values() for path, _ in names.values()])
def test_the_private_name_is_still_there(path: str):
    assert exists(path)


@pytest.mark.parametrize("library", LOOKED_AT)
def test_the_library_is_the_release_that_was_looked_at(library: str):
    """Read what changed about the names in USED, try `make test`, then write the new release down here."""
    assert ".".join(version(library).split(".")[:2]) == LOOKED_AT[library]


def test_every_library_with_a_private_name_has_a_release():
    assert {library for names in USED.values() for _, library in names.values() if library} == set(LOOKED_AT)


def test_smtplib_takes_the_name_for_the_certificate_from_host():
    """dordt/mailer/smtp/transport.py sets it: connect() does not keep whom it was given."""
    assert "server_hostname=self._host" in inspect.getsource(smtplib.SMTP.starttls)


@pytest.mark.parametrize("name", ["_signal_actions", "stop_flag"])
def test_huey_reads_what_our_worker_sets(name: str):
    """dordt/mailer/worker/process.py says which signals end the worker, and lets its threads end with Huey's."""
    assert f"self.{name}" in inspect.getsource(Consumer)
