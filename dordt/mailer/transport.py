"""The way out: Flask-Mail's interface over our own connections."""

from flask_mail import Mail as Mail
