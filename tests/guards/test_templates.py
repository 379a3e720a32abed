"""Every template compiles, has a title when it is a page, and holds nothing that the security policy refuses."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from tests.guards.modules import MODULES, ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and '{% extends "layouts/' in path.read_text()]
SCREENS = [path for path in TEMPLATES if path.suffix == ".html" and "email" not in path.relative_to(ROOT).parts]
NEVER_INLINE = {
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*="),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href|srcset)=[\"'](?:https?:)?//"),
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.fixture(scope="module")
def environment(sqlite_installation):
    return sqlite_installation.app.jinja_env


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_compiles(environment, path: Path):
    environment.get_template(named(path))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_sets_its_title(environment, path: Path):
    tree = environment.parse(path.read_text())

    assert "title" in {block.name for block in tree.find_all(nodes.Block)}


@pytest.mark.parametrize("path", SCREENS, ids=named)
def test_a_screen_holds_nothing_inline(path: Path):
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)

    assert [name for name, pattern in NEVER_INLINE.items() if pattern.search(source)] == []


def references() -> dict[Path, set[str]]:
    """The names of templates that each file of ours holds, in full: a name put together from pieces counts for none."""
    found = {
        path: {name for name in meta.find_referenced_templates(Environment().parse(path.read_text())) if name}  # noqa: S701
        for path in TEMPLATES
    }
    for module in MODULES:
        texts = (node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
        found[module.path] = {text for text in texts if isinstance(text, str) and text.endswith(".html")}
    return found


def unused(held: dict[Path, set[str]]) -> list[str]:
    uses = Counter(name for names in held.values() for name in names)
    uses.subtract(named(path) for path in SCREENS if named(path) in held[path])  # a macro that calls itself
    return [named(path) for path in SCREENS if not uses[named(path)]]


def test_every_template_is_used_by_code_or_by_another_template():
    assert unused(references()) == []


def test_the_guard_sees_each_template_that_nobody_uses_any_more():
    held = references()

    for path in SCREENS:
        without = {file: names - {named(path)} for file, names in held.items()}
        assert unused(without) == [named(path)]
