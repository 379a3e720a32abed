"""Reads our own code as a tree of names, for the guards that look at names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """One file of ours."""

    path: Path

    @property
    def name(self) -> str:
        """As it stands in a report: dordt/contact/services/answering.py."""
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        """The folder right under dordt/, or an empty text for a file that stands there itself."""
        parts = self.path.relative_to(ROOT / "dordt").parts
        return parts[0] if len(parts) > 1 else ""

    def is_kind(self, *kinds: str) -> bool:
        """Whether this is services.py, or a file of the package services/, for one of these kinds."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts[1:]
        return bool(set(kinds) & set(parts[1:] or parts))

    @cached_property
    def tree(self) -> ast.Module:
        """What stands in it."""
        return ast.parse(self.path.read_text())

    def imports(self) -> Iterator[tuple[str, str]]:
        """Every import as (module, name); the name is empty for `import x`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)

    def imports_from(self, package: str) -> set[str]:
        """The names taken from a package or from anything under it; the package itself counts as its own name."""
        return {
            name or module
            for module, name in self.imports()
            if module == package or module.startswith(f"{package}.") or f"{module}.{name}" == package
        }

    def mentions(self, dotted: str) -> bool:
        """Whether `owner.attribute` stands in the code."""
        owner, attribute = dotted.split(".")
        return any(
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.value, ast.Name)
            and node.value.id == owner
            for node in ast.walk(self.tree)
        )


MODULES = [Module(path) for path in sorted((ROOT / "dordt").rglob("*.py"))]


def of_kind(*kinds: str) -> list[Module]:
    """All modules of these kinds."""
    return [module for module in MODULES if module.is_kind(*kinds)]
