"""Pages name built files: where there are none yet, as in a fresh worktree, they are built before the first test."""

import subprocess
from pathlib import Path

import pytest

MANIFEST = Path("dordt/static/manifest.json")


def pytest_configure(config: pytest.Config) -> None:
    if not (config.rootpath / MANIFEST).exists():
        subprocess.run(["npm", "run", "--silent", "build"], cwd=config.rootpath, check=True)  # noqa: S607  npm is in .venv or not
