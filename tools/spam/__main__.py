"""Let Debian's SpamAssassin check every mail that the installation sends: `make spam`.

Each must stay under one point; five is spam. Only local rules count: who sends, and from where, is for the DNS.
"""

import shutil
import sys

from tools.spam.assassin import PROGRAM, check
from tools.spam.mails import mails

MAX_SCORE = 1.0
NEEDED = f"{PROGRAM} is not on this machine. Install it: sudo apt install spamassassin"


def main() -> int:
    """Print a line per mail; the exit code is 1 when one of them has too many points, 2 when it is not installed."""
    if shutil.which(PROGRAM) is None:
        sys.stderr.write(f"{NEEDED}\n")
        return 2
    worst = 0.0
    for name, content in mails():
        result = check(content)
        worst = max(worst, result.score)
        mark = " " if result.score < MAX_SCORE else "!"
        sys.stdout.write(f"{mark} {result.score:5.1f}  {name:24} {', '.join(result.rules)}\n")
    sys.stdout.write(f"Most points: {worst:.1f}; allowed is less than {MAX_SCORE}.\n")
    return 1 if worst >= MAX_SCORE else 0


if __name__ == "__main__":
    sys.exit(main())
