"""The application that the web server and the `flask` command start."""

from config import SettingProblem, settings
from dordt import create_app

try:
    app = create_app(settings())
except SettingProblem as problem:  # whoever starts it needs the sentence, not the way through the code
    raise SystemExit(f"The settings are not right. {problem}") from None
