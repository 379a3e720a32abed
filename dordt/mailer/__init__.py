"""The mailer: a ledger of every mail, and the worker that sends what is due. Knows no page and no domain."""

from flask import Flask

from dordt.mailer import commands
from dordt.mailer.inbound import tasks as inbound_tasks
from dordt.mailer.smtp import signing
from dordt.mailer.smtp.transport import mail
from dordt.mailer.worker import tasks
from dordt.mailer.worker.wakeup import queue


def init_app(app: Flask) -> None:
    """Register SMTP transport, signing, queue, tasks and commands on an application."""
    mail.init_app(app)
    signing.init_app(app)
    queue.init_app(app, tasks.run_every_minute)
    inbound_tasks.init_app(app)
    commands.init_app(app)
