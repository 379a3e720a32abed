"""Private names of libraries that we use, each with the library and the version in which it was last looked at."""

import inspect
import smtplib

import pytest
from huey.consumer import Consumer


def test_python_3_11_smtplib_takes_the_name_for_the_certificate_from_host():
    """dordt/mailer/smtp/transport.py sets it: connect() does not keep whom it was given."""
    assert "server_hostname=self._host" in inspect.getsource(smtplib.SMTP.starttls)


@pytest.mark.parametrize("name", ["_signal_actions", "stop_flag"])
def test_huey_3_5_consumer_has(name: str):
    """dordt/mailer/worker/process.py says which signals end the worker, and lets its threads end with Huey's."""
    assert f"self.{name}" in inspect.getsource(Consumer)
