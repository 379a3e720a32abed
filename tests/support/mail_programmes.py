"""What mail programmes make of HTML, by the facts of caniemail.com in its npm package."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("caniemail.mjs")
PROGRAMMES = (
    *("outlook.windows", "outlook.outlook-com", "outlook.macos", "outlook.ios", "outlook.android"),
    *("gmail.android", "gmail.desktop-webmail", "gmail.ios", "gmail.mobile-webmail"),
    *("apple-mail.ios", "apple-mail.macos"),
)


class Findings(NamedTuple):
    """Features, by their titles at caniemail.com, that at least one programme ignores or has only in part."""

    unknown: set[str]
    partly: set[str]


def findings(html: str) -> Findings:
    """What Outlook, Gmail and Apple Mail will not show as it was written."""
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # or in .venv
    assert node, "Node.js was not found: `make setup` brings it"
    ran = subprocess.run(
        [node, str(SCRIPT), *PROGRAMMES],
        input=html,
        text=True,
        encoding="utf-8",
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    return Findings(set(found["unknown"]), set(found["partly"]))
