"""The documentation as a site that works from a folder, without server or network: `python docs/as_site.py build/site`.

Zensical builds the pages that mkdocs.yml names, of a copy, since it wants settings, pages and site below one folder. It
loads one script from elsewhere, without which the search of a page opened from disk never begins: that script stands in
`assets` (MIT, with its licence), and the pages are pointed to it. The shipped calendars come along.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = "campaign_calendars/library"
MOVED = {"https://unpkg.com/iframe-worker/shim": "assets/iframe-worker.js", f"../{LIBRARY}/": "library/"}
"""What pages of the top folder name, and where it lies in the site."""


def build(site: Path) -> None:
    """Write the site into the folder `site`, in place of what is there; a link that leads nowhere is an error."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copy(ROOT / "mkdocs.yml", copy)
        shutil.copytree(ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        shutil.copytree(ROOT / LIBRARY, copy / "docs" / "library", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=copy, check=True)
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(copy / "build" / "site", site)
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text("utf-8")
        for elsewhere, here in MOVED.items():
            text = text.replace(elsewhere if elsewhere.startswith("https:") else up + elsewhere, up + here)
        page.write_text(text, "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
