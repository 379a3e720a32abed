"""SpamAssassin, asked for what it says of one mail by its local rules alone."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

PROGRAM = "spamassassin"
STATUS = re.compile(r"^X-Spam-Status: \w+, score=(?P<score>-?[0-9.]+) .*?tests=(?P<rules>.*?) autolearn=", re.MULTILINE)
FOLD = re.compile(r"\r?\n[ \t]+")


class Unreadable(ValueError):
    """SpamAssassin said something that holds no score."""


@dataclass(frozen=True)
class Result:
    """A score in points (5 is spam) and the rules that hit."""

    score: float
    rules: tuple[str, ...]


def check(content: bytes) -> Result:
    """Ask SpamAssassin, without the network and without what it learned on this machine."""
    with tempfile.TemporaryDirectory() as home:
        command = [PROGRAM, "--local", "--nocreate-prefs", "--cf=use_bayes 0", "--cf=use_auto_welcomelist 0"]
        run = subprocess.run(command, input=content, capture_output=True, check=True, env=os.environ | {"HOME": home})
    return read(run.stdout.decode("utf-8", "replace"))


def read(answer: str) -> Result:
    """The result in the headers that SpamAssassin put on a mail. Raises Unreadable."""
    head = re.split(r"\r?\n\r?\n", answer, maxsplit=1)[0]
    found = STATUS.search(FOLD.sub(" ", head))
    if found is None:
        raise Unreadable("There is no X-Spam-Status with a score in what SpamAssassin answered.")
    rules = tuple(rule.strip() for rule in found["rules"].split(",") if rule.strip() not in {"", "none"})
    return Result(float(found["score"]), rules)
