"""A visitor with a browser's manners: sends the CSRF token, and looks at every page it gets."""

import contextvars
import hashlib
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.shared import clock
from tests.factories.accounts import make_member
from tests.support.markup import faults


class Visitor(FlaskClient):
    """The test client of the application.

    Each request runs in a context of its own, as in a real server, and what the test prepared is committed before.
    A POST carries a valid CSRF token unless `csrf=False` says otherwise or the address holds a token of its own.
    Every HTML answer must be well formed, and no request may leave work uncommitted.
    The marks where a long address may break are taken out, so that a test finds an address as a reader does.
    """

    member: StaffMember  # who this is, when signed in with `staff_client`

    def open(self, *args: Any, csrf: bool = True, check: bool = True, **options: Any) -> TestResponse:
        """Send one request and look at the answer."""
        db.session.commit()
        if csrf and options.get("method") == "POST" and not self._has_own_authority(args):
            options["data"] = self._with_token(options.get("data"))
        response: TestResponse = contextvars.Context().run(super().open, *args, buffered=True, **options)
        if b"<wbr>" in response.data:
            response.set_data(response.data.replace(b"<wbr>", b""))
        if check:
            self._look_at(response)
        return response

    def _has_own_authority(self, args: tuple[Any, ...]) -> bool:
        path = urlsplit(args[0]).path if args and isinstance(args[0], str) else "/"
        try:
            rule, _values = self.application.url_map.bind("localhost").match(path, method="POST", return_rule=True)
        except HTTPException:
            return False
        return "<token>" in rule.rule

    def _with_token(self, data: Any) -> Any:
        if data is None:
            return {"csrf_token": self.csrf_token()}
        if isinstance(data, dict) and "csrf_token" not in data:
            return {**data, "csrf_token": self.csrf_token()}
        return data

    def csrf_token(self) -> str:
        """A token that belongs to this visitor's session."""
        app = self.application
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha1(os.urandom(64)).hexdigest())  # noqa: S324  (as Flask-WTF)
        return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw))

    def _look_at(self, response: TestResponse) -> None:
        unsaved = self.application.extensions.pop("unsaved_work", None)
        assert not unsaved, f"{response.request.method} {response.request.path} left work uncommitted: {unsaved}"
        is_mail = "sandbox" in response.headers.get("Content-Security-Policy", "")  # its styles stand inline
        is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        if is_page and not is_mail and response.data:
            found = faults(response.text)
            assert not found, f"{response.request.path} answered faulty HTML:\n" + "\n".join(found)


def note_unsaved_work(app: Flask) -> None:
    """At the end of each request, note what it changed and did not commit."""

    def look(_problem: BaseException | None) -> None:
        if "is_request" not in g:
            return
        session = db.session()
        changed = [*session.new, *session.dirty, *session.deleted]
        if changed or (session.in_transaction() and session.connection().info.get("unsaved")):
            app.extensions["unsaved_work"] = changed or session.connection().info["unsaved"]

    def mark() -> None:
        g.is_request = True

    app.before_request(mark)
    app.teardown_appcontext(look)


@pytest.fixture
def client(app: Flask) -> Visitor:
    """A visitor who never came here before."""
    return new_visitor(app)


def new_visitor(app: Flask) -> Visitor:
    """One more visitor, with cookies of their own."""
    return Visitor(app, app.response_class, use_cookies=True)


@pytest.fixture
def staff_client(app: Flask) -> Callable[..., Visitor]:
    """Sign a new member of staff in: `staff_client("redacteur")`; the member is at `.member`."""

    def sign_in(role: str = "beheerder", **who: Any) -> Visitor:
        return signed_in(app, make_member(role=role, **who))

    return sign_in


def signed_in(app: Flask, member: StaffMember) -> Visitor:
    """A member of staff with an open session."""
    visitor = new_visitor(app)
    visitor.member = member
    token = sessions.start(member.id, at=clock.now())
    db.session.commit()
    with visitor.session_transaction() as session:
        session[sessions.COOKIE_KEY] = token
    return visitor
