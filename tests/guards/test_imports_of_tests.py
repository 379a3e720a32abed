"""Helpers stand in tests/support/ and tests/factories/: a test that another test imports cannot change by itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.guards.modules import MODULES, ROOT


def test_nothing_imports_a_test_or_a_conftest():
    files = [path for folder in ("tests", "tools") for path in (ROOT / folder).rglob("*.py")]

    assert [(path.name, name) for path in files for name in _imported(path.read_text()) if _is_test(name)] == []


def test_production_code_imports_neither_tests_nor_tools():
    files: list[Path] = [*(module.path for module in MODULES), ROOT / "config.py", ROOT / "wsgi.py"]

    roots = {name.split(".")[0] for path in files for name in _imported(path.read_text())}
    assert not roots & {"tests", "tools"}


def test_the_guard_sees_each_way_to_import():
    source = "from tests.unit.news import test_slugs\nfrom tests.unit.conftest import app\nimport tests.test_x as y"

    assert sum(_is_test(name) for name in _imported(source)) >= 3


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_test(name: str) -> bool:
    package, *parts = name.split(".")
    return package == "tests" and any(part == "conftest" or part.startswith("test_") for part in parts)
