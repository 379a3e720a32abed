"""What the machine must have: root, Debian's Postfix, and a user without rights who can read this tree."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
# No mail system yet, none configured by the package, and none removed for it.
PRESEED = "postfix postfix/main_mailer_type select No configuration\n"
INSTALL = ("apt-get", "install", "--yes", "--no-remove", "--no-install-recommends", "postfix")
UPDATE = ("apt-get", "update")


class MissingHere(RuntimeError):
    """Something that must be there is not; the text says what, and what to do."""


@dataclass(frozen=True)
class Person:
    """Who the installation runs as, and the Python that they can run."""

    name: str
    uid: int
    gid: int
    python: str
    packages: str = ""  # PYTHONPATH; empty when this Python knows them itself

    def environment(self, **settings: str) -> dict[str, str]:
        """What a command of theirs finds: nothing of root's."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": self.packages, **settings}

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Start this Python with these arguments, in this tree."""
        return subprocess.Popen(
            [self.python, *arguments],
            cwd=ROOT,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            text=True,
            **{"env": self.environment(), **options},
        )

    def can_run(self, code: str) -> bool:
        """Whether this code runs."""
        try:
            return self.start("-c", code, stderr=subprocess.DEVNULL).wait() == 0
        except PermissionError:
            return False


def prepare() -> Person:
    """Install Postfix if it is missing, and return who the installation runs as. Raises MissingHere."""
    if os.geteuid() != 0:
        raise MissingHere("Postfix's master process starts as root only: run this as root (sudo make bounces).")
    if not shutil.which("postfix"):
        install()
    return _somebody()


def install() -> None:
    """Install Debian's Postfix, configured as nothing. Raises MissingHere."""
    if not shutil.which("apt-get"):
        raise MissingHere("Postfix is missing, and there is no apt-get to install it with: install it yourself.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["debconf-set-selections"], input=PRESEED, text=True, env=quiet, check=False)  # noqa: S607
    for command in (INSTALL, UPDATE, INSTALL):  # the lists of packages may be old, or not there yet
        failed = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode
        if command is INSTALL and not failed:
            return
    raise MissingHere("Postfix is missing and apt-get could not install it; what it said stands above.")


def _somebody() -> Person:
    owner = pwd.getpwuid(ROOT.stat().st_uid)
    user = owner if owner.pw_uid else pwd.getpwnam("nobody")
    for person in _with_each_python(user):
        if person.can_run("import flask, sqlalchemy, config"):
            return person
    raise MissingHere(
        f"{user.pw_name} cannot run {sys.executable} in {ROOT}, and has no {PYTHON} of its own to do it with: "
        "let others read and execute both."
    )


def _with_each_python(user: pwd.struct_passwd) -> Iterator[Person]:
    """First the one that runs this; then, as that may stand in root's own home, the system's of the same version."""
    yield Person(user.pw_name, user.pw_uid, user.pw_gid, sys.executable)
    for folder in ("/usr/local/bin", "/usr/bin"):
        if (path := Path(folder, PYTHON)).exists():
            yield Person(user.pw_name, user.pw_uid, user.pw_gid, str(path), sysconfig.get_path("purelib"))
