"""A document into a file: a page, a workbook or Markdown, by the ending of its name."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from tasks.documents.markdown import as_markdown
from tasks.documents.page import as_page
from tasks.documents.parts import Document
from tasks.documents.workbook import write_as_workbook

KINDS = (".html", ".xlsx", ".md")


def require_kind(path: Path) -> None:
    """UsageError where the name of the file does not say what it is to be."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(
            (f"{path} is none of a page, a workbook or Markdown", f"{path} 不是网页、工作簿或 Markdown"),
            ("end the name with .html, .xlsx or .md", "文件名请以 .html、.xlsx 或 .md 结尾"),
        )


def write_file(document: Document, path: Path) -> None:
    """Write it, with the folders above it; the same document gives the same bytes. UsageError: see `require_kind`."""
    require_kind(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".xlsx":
        write_as_workbook(document, path)
    else:
        text = as_page(document) if path.suffix.lower() == ".html" else as_markdown(document)
        path.write_text(text, "utf-8")
