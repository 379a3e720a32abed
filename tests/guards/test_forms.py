"""What holds for every form there is: each is found in the code by what it derives from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from wtforms import EmailField, Field, HiddenField, PasswordField, SelectField, StringField, TelField, TextAreaField

from dordt.shared.forms import TRAP_TEXT, DordtForm
from tests.guards.modules import form_classes

PASTED = " \ufeffZoe\u0308\u00a0van\u2003 \u200b\u202a\u2019t\u202c  Hof\u2011Bo\u00ads \u2013 \u2764\ufe0f\u00a0"
READ = "Zo\u00eb van \u2019t Hof-Bos \u2013 \u2764\ufe0f"  # in one line
OTHERS: dict[type[Field], tuple[str, str]] = {
    TextAreaField: ("\r\nCafe\u0301\u200b\r\n\r\nhoek \u2011 Bo\u00ads\r\r\n ", "Caf\u00e9\n\nhoek \u2011 Bos"),
    TelField: ("\u202a(078)\u00a0123 \u2013 45\u201167\u202c\u200b", "078 123 4567"),
    EmailField: (" \u200b<mailto:zo\u2011e@voorbeeld.nl\u200b>,\u00a0", "zo-e@voorbeeld.nl"),
}
AS_SENT = " \ufeffge\u0301heim\u00a0\u2011\r\n "
NO_TEXT = {"slug", "address", "starts", "latest"}  # one-line fields for what has no dash but the hyphen


def forms() -> list[type[DordtForm]]:
    """Every form whose data is posted."""
    found = []
    for dotted in sorted(form_classes()):
        module, _, name = dotted.rpartition(".")
        each = getattr(import_module(module), name)
        if issubclass(each, DordtForm):
            found.append(each)
    return found


@contextmanager
def posted(app: Flask, kind: type[DordtForm], fill: Callable[[Field], str | None]) -> Iterator[DordtForm]:
    """The form as it comes in, without what its own constructor and validators ask of the application around it."""
    own = {name: None for name in dir(kind) if name.startswith("validate_")}
    bare = type(kind.__name__, (kind,), {**own, "__init__": DordtForm.__init__, "validate": DordtForm.validate})
    with app.test_request_context(method="POST"):
        fields = list(bare(formdata=None))
    data = {field.name: text for field in fields if (text := fill(field)) is not None}
    with app.test_request_context(method="POST", data=data):
        form: Any = bare()
        for field in form:
            if isinstance(field, SelectField):
                field.choices = []
        yield form


def pasted(field: Field) -> str | None:
    if not isinstance(field, StringField):
        return None
    if isinstance(field, HiddenField | PasswordField):
        return AS_SENT
    return next((text for kind, (text, _read) in OTHERS.items() if isinstance(field, kind)), PASTED)


def expected(field: Field) -> str:
    if isinstance(field, PasswordField):
        return AS_SENT
    if isinstance(field, HiddenField):
        return AS_SENT.strip()
    one_line = READ.replace("\u2013", "-") if field.short_name in NO_TEXT else READ
    return next((read for kind, (_text, read) in OTHERS.items() if isinstance(field, kind)), one_line)


@pytest.fixture(scope="module")
def app(sqlite_installation: Any) -> Flask:
    """How a text is read does not depend on the database engine."""
    return sqlite_installation.app


def test_every_form_is_looked_at():
    assert len(forms()) > 25


@pytest.mark.parametrize("kind", forms(), ids=lambda kind: kind.__name__)
def test_what_people_type_is_read_alike(app: Flask, kind: type[DordtForm]):
    with posted(app, kind, pasted) as form:
        texts = [field for field in form if isinstance(field, StringField)]

        assert {field.name: field.data for field in texts} == {field.name: expected(field) for field in texts}


WITHOUT_TRAP = {"SignInForm", "BlockForm"}  # password managers fill it in there; part of a form that has one


def in_trap(field: Field) -> str | None:
    return "https://wachtwoordbeheerder.voorbeeld" if field.name == "website" else None


@pytest.mark.parametrize("kind", forms(), ids=lambda kind: kind.__name__)
def test_the_trap_never_shuts_a_person_out(app: Flask, kind: type[DordtForm]):
    with posted(app, kind, in_trap) as form:
        assert (form.website is None) == (kind.__name__ in WITHOUT_TRAP)
        assert form.validate() is False or kind.__name__ in WITHOUT_TRAP
        said = TRAP_TEXT in form.form_errors
        sent_again = form.website.data if form.website else ""

    assert said == (kind.__name__ not in WITHOUT_TRAP)
    assert sent_again == ""
    with posted(app, kind, lambda _field: sent_again) as form:
        form.validate()
        assert TRAP_TEXT not in form.form_errors
