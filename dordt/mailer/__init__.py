"""The post room: a ledger of every mail, and the worker that sends what is due. Knows no page and no domain."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Tie the way out and the queue to an application, and add the `mailer` commands."""
    from dordt.extensions import mail

    mail.init_app(app)
