"""A document as one HTML file: no script, nothing loaded from elsewhere, readable on a phone, printable on A4."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from unicodedata import east_asian_width

from tasks.documents.parts import (
    Card,
    Cards,
    Code,
    Document,
    Link,
    Links,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Value,
    figure_columns,
    in_figures,
)

_CSS = files("tasks.documents").joinpath("page.css").read_text("utf-8")
_LONG = 60
"""From how many letters on a cell is a sentence."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def as_page(document: Document) -> str:
    """The whole file; headers of tables are repeated in print, the foot stands on each printed page."""
    again = f'<meta http-equiv="refresh" content="{document.again}">\n' if document.again else ""
    wall = ' class="wall"' if document.again else ""
    about = f'<p class="about">{escape(document.about)}</p>\n' if document.about else ""
    foot = document.foot.replace("\\", "").replace('"', "'")
    sections = "\n".join(_section(number, one) for number, one in enumerate(document.sections))
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if document.lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{again}<title>{escape(document.title)}</title>\n"
        f'<style>\n{_CSS}@page {{ @bottom-center {{ content: "{foot}  " counter(page) " / " counter(pages); }} }}\n'
        f"</style>\n</head>\n<body{wall}>\n<main>\n<h1>{escape(document.title)}</h1>\n{about}{sections}\n"
        f"</main>\n<footer>{escape(document.foot)}</footer>\n</body>\n</html>\n"
    )


def _section(number: int, section: Section) -> str:
    parts = "\n".join(map(_part, section.parts))
    return f'<section id="s{number}">\n<h2>{escape(section.title)}</h2>\n{parts}\n</section>'


def _part(part: Part) -> str:
    if isinstance(part, Paragraph):
        return f'<p class="{part.tone}">{_lines(part.text)}</p>'
    if isinstance(part, Picture):
        return f'<figure role="img" aria-label="{escape(part.text)}">{_drawn(part)}</figure>'
    if isinstance(part, Cards):
        return f'<div class="cards">{"".join(map(_card, part.cards))}</div>'
    if isinstance(part, Links):
        return f"<nav>{' · '.join(map(_link, part.links))}</nav>"
    if isinstance(part, Code):
        return f"<details><summary>{escape(part.name)}</summary><pre>{escape(part.text)}</pre></details>"
    return _table(part)


def _link(link: Link) -> str:
    return f'<a href="{escape(link.address)}">{escape(link.text)}</a>'


def _drawn(picture: Picture) -> str:
    if not picture.narrow:
        return picture.svg
    return f'<div class="broad">{picture.svg}</div><div class="narrow">{picture.narrow}</div>'


def _card(card: Card) -> str:
    note = f"<span>{escape(card.note)}</span>" if card.note else ""
    return f'<div class="card"><span>{escape(card.name)}</span><b>{escape(card.figure)}</b>{note}</div>'


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.title)}</caption>" if table.title and not table.folded else ""
    figures = figure_columns(table)
    head = "".join(f"<th{_class(figure)}>{escape(name)}</th>" for name, figure in zip(table.head, figures, strict=True))
    rows = "\n".join(
        "<tr>" + "".join(_cell(value, one) for value, one in zip(row, figures, strict=True)) + "</tr>"
        for row in table.rows
    )
    drawn = f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'
    return f"<details><summary>{escape(table.title)}</summary>{drawn}</details>" if table.folded else drawn


def _cell(value: Value, figure: bool) -> str:
    text = in_figures(value)
    kind = ' class="long"' if not figure and _width(text) > _LONG else _class(figure)
    return f"<td{kind}>{_lines(text)}</td>"


def _width(text: str) -> int:
    """In letters: a Chinese character takes the room of two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _class(figure: bool) -> str:
    return ' class="figure"' if figure else ""


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
