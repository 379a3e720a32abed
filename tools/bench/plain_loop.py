"""What one writes first: a loop over the subscribers with Flask-Mail as it comes, one connection, one by one.

Flask-Mail looks up the machine's host name and builds the whole mail again for each Message. With MAIL_MAX_EMAILS not
set, as here, it keeps its one connection to the end.
"""

import sys

from flask import Flask
from flask_mail import Mail, Message

from tools.bench.stopwatch import report_time


def send(port: int, count: int, text: str, html: str) -> None:
    """Send `count` mails over one connection, each with a link of its own."""
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_DEFAULT_SENDER="wijken@dordrecht.nl")
    mail = Mail(app)
    with app.app_context(), mail.connect() as connection, report_time():
        for number in range(count):
            token = f"{number:040d}"
            connection.send(
                Message(
                    subject="Nieuws uit uw wijk",
                    recipients=[f"lezer{number}@voorbeeld.nl"],
                    body=text.replace("[[token]]", token),
                    html=html.replace("[[token]]", token),
                    extra_headers={"List-Unsubscribe": f"<https://voorbeeld.nl/nieuwsbrief/afmelden/{token}/>"},
                )
            )


if __name__ == "__main__":
    with open(sys.argv[3]) as text_file, open(sys.argv[4]) as html_file:
        send(int(sys.argv[1]), int(sys.argv[2]), text_file.read(), html_file.read())
