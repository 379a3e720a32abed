"""Let Debian's SpamAssassin judge every mail that the installation sends: `make spam`.

Each must stay under one point; five is spam. Only local rules count: who sends, and from where, is for the DNS.
"""

import shutil
import sys

from tools.spam.assassin import PROGRAM, judge
from tools.spam.letters import letters

MOST_POINTS = 1.0
NEEDED = f"{PROGRAM} is not on this machine. Install it: sudo apt install spamassassin"


def main() -> int:
    """Print a line per mail; the exit code is 1 when one of them has too many points, 2 when nobody can judge."""
    if shutil.which(PROGRAM) is None:
        sys.stderr.write(f"{NEEDED}\n")
        return 2
    worst = 0.0
    for name, letter in letters():
        verdict = judge(letter)
        worst = max(worst, verdict.points)
        mark = " " if verdict.points < MOST_POINTS else "!"
        sys.stdout.write(f"{mark} {verdict.points:5.1f}  {name:24} {', '.join(verdict.rules)}\n")
    sys.stdout.write(f"Most points: {worst:.1f}; allowed is less than {MOST_POINTS}.\n")
    return 1 if worst >= MOST_POINTS else 0


if __name__ == "__main__":
    sys.exit(main())
