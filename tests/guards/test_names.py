"""The directions of the code that an import alone does not show; import-linter guards the layers.

A service and a form are found by what they are, in the syntax tree: a file that commits or that defines a form cannot
escape by its name.
"""

import pytest

from tests.guards.modules import MODULES, Module, form_classes, holds_forms, of_kind

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data"}
ASK_THE_TIME = ("views", "tasks", "commands", "sessions", "clock")  # where a request, a tick or an operator comes in
OFFERED = {"outbox", "every_minute", "after_delivery", "background_job"}  # what it does for a domain,
OFFERED |= {"wakeup", "on_unsubscribe"}
OFFERED |= {"deliveries", "is_suppressed_for", "gets_no_mail"}  # what it says of whom a mail reaches,
OFFERED |= {"Mail", "MailKind", "MailState", "DeliveryState", "SuppressionScope"}
OFFERED |= {"DELIVERY_LABELS", "reply_label"}  # and its words
READS_ALL = {"", "mailer", "staff", "site", "insight", "privacy", "operations", "development"}
# What commits without being a service: the mailer writes its own ledger, `seed` fills an empty database, and a session
# notes when it was last seen beside the transaction of the request.
COMMIT_BESIDE_SERVICES = {"mailer", "development"}
LAST_SEEN = "dordt/accounts/sessions.py"
# A library that may be known in one place only, so that it can be changed there, or is not on a production machine.
KNOWN_ONLY_IN = {
    "flask_mail": "dordt/mailer/smtp/transport.py",
    "aiosmtpd": "dordt/development/catcher.py",
    "PIL": "dordt/media/decoding.py",
    "pytest": None,
    "html5lib": None,
    "dkim": None,
    "tinycss2": None,
    "cssselect2": None,
}


def modules(found: list[Module]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", found, ids=lambda module: module.name)


SERVICES = [
    each
    for each in MODULES
    if each.is_kind("services", "workflow")
    or (each.commits and each.package not in COMMIT_BESIDE_SERVICES and each.name != LAST_SEEN)
]
FORMS = [each for each in MODULES if each.is_kind("forms") or holds_forms(each)]


@modules(of_kind("views"))
def test_a_view_reads_with_shared_reading_and_writes_through_a_service(module: Module):
    assert not module.mentions("db.session")
    assert "db" not in module.imports_from("dordt.extensions")


@modules(SERVICES)
def test_what_commits_is_a_service(module: Module):
    assert module.is_kind("services", "workflow")


@modules(SERVICES)
def test_a_service_knows_no_request_page_or_form(module: Module):
    assert module.imports_from("flask") <= {"current_app"}
    assert not module.imports_from("wtforms") | module.imports_from("flask_wtf")
    assert not [name for name, _ in module.imports() if name.endswith((".forms", ".views"))]


@modules(of_kind("models"))
def test_a_model_knows_neither_flask_nor_forms(module: Module):
    assert not module.imports_from("flask") | module.imports_from("wtforms") | module.imports_from("flask_wtf")


@modules(FORMS)
def test_what_derives_from_a_form_stands_in_forms(module: Module):
    assert module.is_kind("forms")


@modules(FORMS)
def test_a_form_never_queries(module: Module):
    assert not module.imports_from("sqlalchemy") | module.imports_from("dordt.extensions")
    assert not module.imports_from("dordt.shared.reading")


def test_the_guards_see_services_and_forms():
    assert len([each for each in SERVICES if each.commits]) > 10
    assert {"dordt.staff.log.forms.FilterLogForm", "dordt.accounts.forms.SignInForm"} <= form_classes()


@modules([each for each in MODULES if each.package == "mailer"])
def test_the_mailer_knows_no_request_and_no_template(module: Module):
    assert module.imports_from("flask") <= {"current_app", "Flask", "AppGroup"}


@modules([each for each in MODULES if each.package not in {*READS_ALL, "shared"}])
def test_a_domain_sees_of_the_mailer_only_what_it_offers(module: Module):
    assert {name for package, name in module.imports() if package.startswith("dordt.mailer")} <= OFFERED


def test_only_pages_of_the_log_read_it():
    """Operators may purge it: what a page or a decision needs stands in a table of its own."""
    readers = {each.name for each in MODULES if "AuditEntry" in each.imports_from("dordt.audit.models")}

    assert not [name for name in readers if not name.startswith(("dordt/audit/", "dordt/staff/log/"))]


@pytest.mark.parametrize("library", KNOWN_ONLY_IN)
def test_some_libraries_are_known_in_one_place(library: str):
    assert {each.name for each in MODULES if each.imports_from(library)} <= {KNOWN_ONLY_IN[library]}


@modules(MODULES)
def test_a_module_has_a_name_that_says_what_it_holds(module: Module):
    assert module.path.stem not in VAGUE
    assert module.package not in VAGUE


@modules(MODULES)
def test_only_views_tasks_and_commands_ask_what_time_it_is(module: Module):
    assert module.is_kind(*ASK_THE_TIME) or module.package == "development" or not module.mentions("clock.now")
