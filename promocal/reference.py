"""Write the reference pages of the documentation: `python -m promocal.reference docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from campaign_calendars.reference.pages import pages
from promocal.delivery_page import fill_pages
from promocal.doubtful_page import doubtful_pages
from promocal.json_page import json_page
from promocal.tables_page import tables_pages


def write_pages(directory: Path) -> list[Path]:
    """Write every generated page into `directory`; returns their paths."""
    paths = []
    for name, text in {**pages(), **doubtful_pages(), "json.md": json_page(), **tables_pages()}.items():
        (directory / name).write_text(text, "utf-8")
        paths.append(directory / name)
    return paths


def main() -> None:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    for path in (*write_pages(directory), *fill_pages(directory)):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
