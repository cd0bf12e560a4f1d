"""A document as Markdown, for a pull request: tables of pipes; pictures are told in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.documents.parts import (
    Cards,
    Code,
    Document,
    Links,
    Paragraph,
    Part,
    Picture,
    Table,
    figure_columns,
    in_figures,
)

_MARKS = {"plain": "{}", "strong": "**{}**", "warning": "⚠ {}", "small": "*{}*"}
_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*_[]<>#|"})


def as_markdown(document: Document) -> str:
    """The whole text; what is written in it is text, never markup."""
    lines = [f"# {_text(document.title)}", ""]
    lines += [_text(document.about), ""] if document.about else []
    for section in document.sections:
        lines += [f"## {_text(section.title)}", ""]
        for part in section.parts:
            lines += [*_part(part), ""]
    return "\n".join([*lines, "---", "", _text(document.foot), ""])


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield _MARKS[part.tone].format(_text(part.text.removeprefix("⚠ ") if part.tone == "warning" else part.text))
    elif isinstance(part, Picture):
        yield f"*{_text(part.text)}*"
    elif isinstance(part, Cards):
        for card in part.cards:
            note = f" ({_text(card.note)})" if card.note else ""
            yield f"- {_text(card.name)}: **{_text(card.figure)}**{note}"
    elif isinstance(part, Links):
        yield " · ".join(f"[{_text(link.text)}]({link.address})" for link in part.links)
    elif isinstance(part, Code):
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", part.text)), default=0))
        yield from (f"**{_text(part.name)}**", "", fence, part.text, fence)
    else:
        yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{_text(table.title)}**"
        yield ""
    figures = figure_columns(table)
    yield f"| {' | '.join(map(_text, table.head))} |"
    yield f"|{'|'.join('---:' if one else '---' for one in figures)}|"
    for row in table.rows:
        yield f"| {' | '.join(_text(in_figures(value)) for value in row)} |"


def _text(text: str) -> str:
    return text.translate(_SPECIAL).replace("\n", "<br>")
