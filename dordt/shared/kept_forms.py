"""What was typed in a form that cannot be taken in: it goes along through the sign-in, or is given back to copy."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from flask import g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Field, HiddenField, PasswordField, StringField

from dordt.shared.forms import DordtForm
from dordt.shared.requests import comes_from_this_site

FIELD = "kept"  # of the sign-in page, with all fields of the form that came too late
NOT_TYPED = {"csrf_token", "website", FIELD}


def texts() -> list[str]:
    """What stands in the fields for text of the form that was posted; nothing when another site sent it."""
    with suppress(HTTPException):  # a form that cannot be read holds nothing that we know of
        if request.method == "POST" and comes_from_this_site():
            return [text for name, text in _pairs() if _column(name) in _names(StringField) and text.strip()]
    return []


def packed() -> str:
    """All fields that were posted, for the sign-in page to carry: no password and no token of an ended session."""
    secret = _names(PasswordField)
    return json.dumps([pair for pair in _pairs() if pair[0] not in NOT_TYPED and _column(pair[0]) not in secret])


def unpack() -> None:
    """Give the request the form that the sign-in page carried. It has no CSRF token: it is shown, and does nothing."""
    if FIELD in request.form and comes_from_this_site():
        request.form = ImmutableMultiDict(_pairs())
        g.signed_in_again = True


def _pairs() -> list[tuple[str, str]]:
    carried = request.form.get(FIELD)
    return list(request.form.items(multi=True)) if carried is None else list(_read(carried))


def _read(carried: str) -> Iterator[tuple[str, str]]:
    """What the page carried comes from a browser, where anybody can change it."""
    with suppress(ValueError, TypeError):
        for name, text in json.loads(carried):
            if isinstance(name, str) and isinstance(text, str) and name not in NOT_TYPED:
                yield name, text


def _column(name: str) -> str:
    """The field of a form that stands in another one any number of times: `blocks-2-text`."""
    return name.rpartition("-")[2]


@cache
def _names(kind: type[Field]) -> frozenset[str]:
    """How the fields of this kind are called in all forms; what is hidden or secret is no text."""
    unwanted: tuple[type[Field], ...] = (HiddenField, PasswordField) if kind is StringField else ()
    return frozenset(
        field.name or name
        for form in _forms(DordtForm)
        for name, field in vars(form).items()
        if issubclass(getattr(field, "field_class", object), kind)
        and not issubclass(field.field_class, unwanted)
        and name not in NOT_TYPED
    )


def _forms(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _forms(each)
