"""The application that the web server and the `flask` command start."""

from config import settings
from dordt import create_app

app = create_app(settings())
