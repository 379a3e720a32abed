"""A text file that begins with fields in YAML between two lines of ---."""

import re
from pathlib import Path
from typing import Any

import yaml

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?P<fields>.*?)\n---[ \t]*(?:\n(?P<body>.*))?\Z", re.DOTALL)


class ImportProblem(Exception):
    """The file cannot be imported; the text names the field and what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The fields (every single value as text) and what stands below them. Raises ImportProblem."""
    text = _text(path)
    found = FRONT_MATTER.match(text)
    if found is None:
        raise ImportProblem("front matter", "the file must begin with fields between two lines of ---")
    return _fields(found["fields"]), found["body"] or ""


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except OSError as missing:
        raise ImportProblem("file", missing.strerror or "cannot be read") from missing
    except UnicodeDecodeError as wrong:
        raise ImportProblem("file", "is not UTF-8") from wrong
    if "\x00" in text:
        raise ImportProblem("file", "holds a NUL character")
    return text


def _fields(text: str) -> dict[str, Any]:
    try:
        # The base loader makes no dates, numbers and booleans, and no objects: a title of 2027 stays a title.
        fields = yaml.load(text, yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as wrong:
        raise ImportProblem("front matter", f"is no YAML: {' '.join(str(wrong).split())}") from wrong
    if not isinstance(fields, dict):
        raise ImportProblem("front matter", "must hold fields, each as name: value")
    return {str(name): value for name, value in fields.items()}
