"""`make bench`: prints what was measured; LETTERS=2000 says how many subscribers the newsletter has."""

import os
import tempfile
from pathlib import Path

from tests.bench import newsletter, pages


def main() -> None:
    """Measure one thing after the other; nothing of this machine's settings or data is touched."""
    for name in [name for name in os.environ if name.startswith("MAIL_") or name == "DATABASE_URL"]:
        del os.environ[name]
    count = int(os.environ.get("LETTERS") or 2000)
    with tempfile.TemporaryDirectory(prefix="dordt-bench-") as root:
        _tell_newsletter(Path(root), count)
        _tell_pages(Path(root))


def _tell_newsletter(root: Path, count: int) -> None:
    found = newsletter.measure(root / "post", count)
    print(f"A newsletter to {count} subscribers on SQLite, from the first letter at the relay to the last:")
    print(f"  ours (ledger, own link each, headers)  {found['ours']:8.0f} mails a second")
    print(f"  a plain Flask-Mail loop                {found['plain']:8.0f} mails a second")
    print(f"  ours / plain                           {found['ratio']:8.2f}\n", flush=True)


def _tell_pages(root: Path) -> None:
    found = pages.measure(root / "pages")
    bare = found.pop("bare")
    print(f"A page with the demo content, median of {pages.ROUNDS}; a bare Flask answer takes {bare:.2f} ms:")
    for path, milliseconds in found.items():
        print(f"  {path:20} {milliseconds:8.2f} ms {milliseconds / bare:8.1f} times")


if __name__ == "__main__":
    main()
