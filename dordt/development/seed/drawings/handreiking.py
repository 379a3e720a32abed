"""Prints handreiking.html as the PDF of an article: python -m dordt.development.seed.drawings.handreiking."""

import subprocess
import tempfile
from pathlib import Path

from dordt.development.seed.drawings.pictures.open_deur import draw

HERE = Path(__file__).parent
PDF = HERE.parent / "articles" / "handreiking-van-buiten-naar-binnen.pdf"
BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def print_it() -> None:
    text = (HERE / "handreiking.html").read_text(encoding="utf-8").replace("%DRAWING%", draw())
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(text.replace('width="1200" height="800"', ""), encoding="utf-8")
        command = (
            *BROWSER,
            "--export-tagged-pdf",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={PDF}",
            page.as_uri(),
        )
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    print_it()
