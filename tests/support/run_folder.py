"""A folder that the processes of one test run share, for what one of them found out and the others need not."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

NAME = "DORDT_TEST_RUN"  # the environment variable by which they know it
if NAME not in os.environ:
    os.environ[NAME] = tempfile.mkdtemp(prefix="dordt-run-")
    atexit.register(shutil.rmtree, os.environ[NAME], ignore_errors=True)


def run_folder(purpose: str) -> Path:
    """The part of it for this purpose; it goes with the run."""
    folder = Path(os.environ[NAME]) / purpose
    folder.mkdir(exist_ok=True)
    return folder
