"""Prints the ten largest files and functions of each kind: no limit, a place to look."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = {
    "Python files": lambda path: path.suffix == ".py" and path.parts[0] not in {"tests", "tools", "migrations"},
    "Tests and tools": lambda path: path.suffix == ".py" and path.parts[0] in {"tests", "tools"},
    "Templates": lambda path: path.parts[0] == "templates",
}


def main() -> None:
    """Say it."""
    paths = [Path(name) for name in _tracked() if Path(name).is_file()]
    for title, belongs in KINDS.items():
        _show(title, ((len(path.read_text().splitlines()), str(path)) for path in paths if belongs(path)))
    code = [path for path in paths if KINDS["Python files"](path)]
    _show("Functions", (size for path in code for size in _functions(path)))


def _tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False)  # noqa: S607
    return listing.stdout.splitlines()


def _functions(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{path}:{node.lineno} {node.name}"


def _show(title: str, sizes: Iterable[tuple[int, str]]) -> None:
    largest = sorted(sizes, reverse=True)[:10]
    print(f"{title}, largest first: " + ", ".join(f"{name} ({lines})" for lines, name in largest))


if __name__ == "__main__":
    main()
