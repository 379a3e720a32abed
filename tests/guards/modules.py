"""Reads our own code as syntax trees, for the guards that look at what a module does."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """One file of ours."""

    path: Path

    @property
    def name(self) -> str:
        """As it stands in a report: dordt/contact/services.py."""
        return str(self.path.relative_to(ROOT))

    @property
    def dotted(self) -> str:
        """As it is imported: dordt.contact.services."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The folder right under dordt/, or an empty text for a file that stands there itself."""
        parts = self.path.relative_to(ROOT / "dordt").parts
        return parts[0] if len(parts) > 1 else ""

    def is_kind(self, *kinds: str) -> bool:
        """Whether this is services.py, or a file of the package services/, for one of these kinds."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts[1:]
        return bool(set(kinds) & set(parts[1:] or parts))

    @cached_property
    def tree(self) -> ast.Module:
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
        return any(_dotted(node) == dotted for node in ast.walk(self.tree) if isinstance(node, ast.Attribute))

    @cached_property
    def commits(self) -> bool:
        """Whether it ends a transaction, of whatever session or connection."""
        return any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
            for node in ast.walk(self.tree)
        )

    @cached_property
    def classes(self) -> dict[str, list[str]]:
        """The name of each class with its bases, those as they are imported: dordt.shared.forms.DordtForm."""
        known = {name: f"{module}.{name}" for module, name in self.imports() if name}
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                bases = [_dotted(base) for base in node.bases]
                found[f"{self.dotted}.{node.name}"] = [known.get(base, f"{self.dotted}.{base}") for base in bases]
        return found


MODULES = [Module(path) for path in sorted((ROOT / "dordt").rglob("*.py"))]
FORM_ROOTS = {"wtforms.Form", "wtforms.form.Form", "flask_wtf.FlaskForm"}


def of_kind(*kinds: str) -> list[Module]:
    """All modules of these kinds."""
    return [module for module in MODULES if module.is_kind(*kinds)]


@cache
def form_classes() -> frozenset[str]:
    """Every class of ours that is a form: it derives from one of a library, directly or through another of ours."""
    bases = {name: parents for module in MODULES for name, parents in module.classes.items()}
    found: set[str] = set()
    while True:
        more = {name for name, parents in bases.items() if (FORM_ROOTS | found) & set(parents)} - found
        if not more:
            return frozenset(found)
        found |= more


def holds_forms(module: Module) -> bool:
    """Whether a form is defined here."""
    return not form_classes().isdisjoint(module.classes)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
