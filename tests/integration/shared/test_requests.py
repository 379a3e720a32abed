"""What a visitor can write around an address, and what of it stays out."""

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from dordt.shared.requests import RULE
from tests.support.visitors import Visitor


@pytest.mark.parametrize("path", ["/nieuws", "/nieuws?pagina=1", "/beheer//", "/werkgroepen"])
@pytest.mark.parametrize("host", ["elders.nl", "elders.nl:8000", "localhost"])
def test_no_redirect_leads_to_the_host_that_the_visitor_names(client: Visitor, path: str, host: str):
    answer = client.get(path, headers={"Host": host})

    assert answer.status_code in {302, 308}
    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")


@pytest.mark.parametrize("host", ["x" * 5000, "x" * 64, "a..b", "a b", "[::1", "elders.nl/x", "é.nl", "", "a@b:80"])
def test_a_host_that_is_none_breaks_nothing(client: Visitor, host: str):
    assert client.get("/privacy/", headers={"Host": host}).status_code == 200
    assert client.get("/nieuws", headers={"Host": host}).location == "/nieuws/"


def test_a_number_longer_than_python_reads_is_not_found(staff_client):
    assert staff_client().get(f"/beheer/berichten/{'9' * 5000}/").status_code == 404


@pytest.mark.parametrize(("path", "rule"), [("/bericht/geheim/", "/bericht/<token>/"), ("/geheim/", "-")])
def test_the_access_log_of_a_web_server_can_name_the_rule(app: Flask, path: str, rule: str):
    environ = EnvironBuilder(path).get_environ()

    list(app.wsgi_app(environ, lambda _status, _headers, _problem=None: lambda _part: None))

    assert environ[RULE] == rule


@pytest.mark.parametrize("path", ["/bericht/x/", "/nieuwsbrief/afmelden/x/", "/werkgroepen/bevestigen/x/"])
def test_a_page_whose_address_is_a_key_is_for_no_search_engine(client: Visitor, path: str):
    assert client.get(path).headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "X-Robots-Tag" not in client.get("/privacy/").headers
