"""What the page says of a refusal that a view forgot to catch; that each has one: tests/guards/test_error_pages.py."""

import pytest
from flask import Flask
from werkzeug.exceptions import InternalServerError
from werkzeug.test import TestResponse

from dordt.shared.problems import DomainError, NotAllowed
from tests.support.visitors import Visitor


def shown(app: Flask, problem: Exception) -> TestResponse:
    with app.test_request_context("/"):
        return app.make_response(app.handle_user_exception(problem))


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_of_ours_is_told_also_when_the_menu_fails(app: Flask, monkeypatch: pytest.MonkeyPatch, accept: str):
    monkeypatch.setitem(app.template_context_processors, "staff", [pytest.fail])
    with app.test_request_context("/beheer/", headers={"Accept": accept}):
        told = app.make_response(app.handle_user_exception(InternalServerError()))

    assert told.status_code == 500
    assert "Dat ligt aan ons en niet aan u." in told.get_data(as_text=True)


def test_a_visitor_whom_a_staff_page_cannot_read_is_told_so(client: Visitor):
    answer = client.get("/beheer/berichten/?zoek=%00")

    assert answer.status_code == 400
    assert "Wij begrijpen deze aanvraag niet" in answer.text


def test_what_is_not_allowed_is_said(app: Flask):
    page = shown(app, NotAllowed("Een collega was u voor.")).get_data(as_text=True)

    assert "Een collega was u voor." in page


@pytest.mark.parametrize("text", ["", "the slug bankje is taken"])
def test_a_reason_that_is_not_for_the_screen_is_not_shown(app: Flask, text: str):
    page = shown(app, DomainError(text)).get_data(as_text=True)

    assert "Ga terug, kijk het na en probeer het opnieuw." in page
    assert "bankje" not in page
