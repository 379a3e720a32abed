"""The directions of the house that an import alone does not show; import-linter guards the layers."""

import pytest

from tests.guards.modules import MODULES, Module, of_kind

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data"}
ASK_THE_TIME = (
    "views",
    "tasks",
    "commands",
    "sessions",
    "sign_in",
    "clock",
)  # where a request, a tick or an operator comes in
COUNTER = {"outbox", "every_minute", "after_delivery", "background_job"}  # what it does for a domain,
COUNTER |= {"wakeup", "on_unsubscribe"}
COUNTER |= {"recipients", "is_suppressed_for", "gets_no_mail"}  # what it says of whom a mail reaches,
COUNTER |= {"Mail", "MailKind", "MailState", "DeliveryState", "DELIVERY_LABELS", "SuppressionScope"}  # and its words
READS_ALL = {"", "mailer", "staff", "site", "insight", "privacy", "operations", "development"}


def each(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", of_kind(*kinds), ids=lambda module: module.name)


@each("views")
def test_a_view_reads_with_shared_reading_and_writes_through_a_service(module: Module):
    assert not module.mentions("db.session")
    assert "db" not in module.imports_from("dordt.extensions")


@each("services", "workflow")
def test_a_service_knows_no_request_page_or_form(module: Module):
    assert module.imports_from("flask") <= {"current_app"}
    assert not module.imports_from("wtforms") | module.imports_from("flask_wtf")
    assert not [name for name, _ in module.imports() if name.endswith((".forms", ".views"))]


@each("models")
def test_a_model_knows_neither_flask_nor_forms(module: Module):
    assert not module.imports_from("flask") | module.imports_from("wtforms") | module.imports_from("flask_wtf")


@each("forms")
def test_a_form_never_queries(module: Module):
    assert not module.imports_from("sqlalchemy") | module.imports_from("dordt.extensions")
    assert not module.imports_from("dordt.shared.reading")


@pytest.mark.parametrize("module", [each for each in MODULES if each.room == "mailer"], ids=lambda module: module.name)
def test_the_post_room_knows_no_request_and_no_template(module: Module):
    assert module.imports_from("flask") <= {"current_app", "Flask", "AppGroup"}


@pytest.mark.parametrize(
    "module", [each for each in MODULES if each.room not in READS_ALL], ids=lambda module: module.name
)
def test_a_domain_sees_of_the_post_room_only_its_counter(module: Module):
    taken = {name for package, name in module.imports() if package.startswith("dordt.mailer")}

    assert module.room == "shared" or taken <= COUNTER


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_has_a_name_that_says_what_it_holds(module: Module):
    assert module.path.stem not in VAGUE
    assert module.room not in VAGUE


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_only_views_tasks_and_commands_ask_what_time_it_is(module: Module):
    assert module.is_kind(*ASK_THE_TIME) or module.room == "development" or not module.mentions("clock.now")
