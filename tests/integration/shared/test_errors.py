"""Every refusal of ours has a page, also one that a view forgot to catch."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dordt.shared.problems import DomainError, NotAllowed


def kinds_of(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from kinds_of(each)


def shown(app: Flask, problem: Exception) -> TestResponse:
    with app.test_request_context("/"):
        return app.make_response(app.handle_user_exception(problem))


def test_no_refusal_is_an_error_of_the_server(app: Flask):
    statuses = {
        kind.__qualname__: shown(app, kind.__new__(kind)).status_code
        for kind in kinds_of(DomainError)
        if kind.__module__.startswith("dordt.")
    }

    assert len(statuses) > 10
    assert {name: status for name, status in statuses.items() if status not in {404, 409, 410}} == {}


def test_what_is_not_allowed_is_said(app: Flask):
    page = shown(app, NotAllowed("Een collega was u voor.")).get_data(as_text=True)

    assert "Een collega was u voor." in page


@pytest.mark.parametrize("text", ["", "the slug bankje is taken"])
def test_a_reason_that_is_not_for_the_screen_is_not_shown(app: Flask, text: str):
    page = shown(app, DomainError(text)).get_data(as_text=True)

    assert "Ga terug, kijk het na en probeer het opnieuw." in page
    assert "bankje" not in page
