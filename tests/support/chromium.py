"""Where the browser is: the one that CHROMIUM names, or the system's own."""

import os
import shutil
import subprocess
import sys

NAMES = (
    "chromium-headless-shell",  # the same engine without windows around its pages, which cost as much as they do
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge-stable"),
)


def find() -> str | None:
    """The path of a browser that answers; Ubuntu's `chromium-browser` may only tell to install something else."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES)):
        path = shutil.which(name)
        if path and _answers(path):
            return path
    return None


def _answers(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    found = find()
    sys.stdout.write(f"{found or ''}\n")
    sys.exit(found is None)
